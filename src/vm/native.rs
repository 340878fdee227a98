//! The border to the library's pure functions: they are handed values and give a value. They never call back.

use crate::value::{Code, DescriptorId, Fault, Types, Value};

/// A pure function of the library.
pub type NativeFn = fn(&mut NativeCall<'_>) -> Result<Value, Fault>;

/// Where the machine finds the library's functions when it is made.
pub trait Natives {
    /// The function of this name: `text.upper`, `list.sum#1`.
    fn find(&self, name: &str) -> Option<NativeFn>;
}

/// What a function of the library is handed.
#[derive(Debug)]
pub struct NativeCall<'a> {
    /// The arguments in declared order, for the function to take as it likes. Of a function that `changes` its receiver, what
    /// stands in the first place afterwards becomes the receiver, whether the call succeeds or fails.
    pub args: &'a mut [Value],
    /// The type arguments of a function that is `typed`.
    pub descriptors: &'a [DescriptorId],
    /// The types that they name.
    pub types: &'a Types,
    /// How many bytes the run may still hold.
    room: usize,
}

impl<'a> NativeCall<'a> {
    /// Hands the arguments to a function that may use `room` bytes.
    #[must_use]
    pub fn new(
        args: &'a mut [Value],
        descriptors: &'a [DescriptorId],
        types: &'a Types,
        room: usize,
    ) -> Self {
        Self { args, descriptors, types, room }
    }

    /// Takes an argument out.
    ///
    /// # Panics
    /// If the function has fewer parameters; calls have as many arguments as the declaration has parameters.
    #[must_use]
    pub fn take(&mut self, index: usize) -> Value {
        std::mem::replace(&mut self.args[index], Value::Null)
    }

    /// Asks before making something large, so that one call cannot use what the run may not: the machine itself counts only
    /// what a call gives.
    pub fn reserve(&self, bytes: usize) -> Result<(), Fault> {
        if bytes <= self.room { Ok(()) } else { Err(out_of_memory()) }
    }
}

/// What a run gets that holds more than it may.
pub(crate) fn out_of_memory() -> Fault {
    Fault::new(Code::Limit, "the run needs more memory than it may use")
}
