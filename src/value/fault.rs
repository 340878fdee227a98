//! What a call gives instead of a result.

use std::fmt;

use ecow::EcoString;

use super::Value;

/// Why a call failed: what `catch e` sees as `e.code`, `e.message` and `e.data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// One of [`Code`], or what a program's own `fail { code: … }` says.
    pub code: EcoString,
    /// One sentence for people.
    pub message: String,
    /// More for programs, as JSON: the status and body of an HTTP response, say.
    pub data: Option<Value>,
    /// Whether nobody knows if what was asked for was done all the same: a server that has not answered, say.
    pub doubt: bool,
}

impl Fault {
    /// A fault of the library or the machine.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code: code.as_str().into(), message: message.into(), data: None, doubt: false }
    }

    /// An argument that the function cannot work with.
    #[must_use]
    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(Code::Argument, message)
    }

    /// A number that its type cannot hold.
    #[must_use]
    pub fn overflow(what: impl fmt::Display) -> Self {
        Self::new(Code::Overflow, format!("{what} is outside what its type can hold"))
    }

    /// The same fault with something for programs.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// The same fault of a call that may have been made or not.
    #[must_use]
    pub fn in_doubt(mut self, doubt: bool) -> Self {
        self.doubt = doubt;
        self
    }

    /// Whether this is the fault that `code` names.
    #[must_use]
    pub fn is(&self, code: Code) -> bool {
        self.code == code.as_str()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}

macro_rules! codes {
    ($($(#[$meaning:meta])* $name:ident = $text:literal,)*) => {
        /// The closed list of what the library, the machine and the databases report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$meaning])* $name,)* }

        impl Code {
            /// All of them.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// What programs compare with.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// A `fail` with only a message.
    Fail = "fail",
    /// A call was given something that it cannot work with.
    Argument = "argument",
    /// Data does not have the form that it was read as.
    Decode = "decode",
    /// A number left the range of its type.
    Overflow = "overflow",
    /// Something was divided by zero.
    DivisionByZero = "division-by-zero",
    /// A list, text or bytes was asked for a place that it does not have.
    Index = "index",
    /// Nobody knew whether a call was made, and a person said that it counts as failed.
    InDoubt = "in-doubt",
    /// A limit was reached: memory, steps, size of a result, depth of calls.
    Limit = "limit",
    /// Something took longer than it may.
    Timeout = "timeout",
    /// An optional value that had to be there was not.
    Missing = "missing",
    /// A server answered with a status of 400 or more.
    HttpStatus = "http-status",
    /// A server could not be reached, or did not keep to the protocol.
    HttpConnect = "http-connect",
    /// A mail could not be handed over.
    Mail = "mail",
    /// A file could not be read or written.
    File = "file",
    /// A template could not be filled in.
    Template = "template",
    /// A secret is not defined, or may not go where it was sent.
    Secret = "secret",
    /// The task's headers do not allow this target.
    NotAllowed = "not-allowed",
    /// A test reached for the world without a stub.
    NotStubbed = "not-stubbed",
    /// The row, file or object asked for does not exist.
    NotFound = "not-found",
    /// A row with this unique value exists already.
    Unique = "unique",
    /// A row refers to another that does not exist, or is referred to.
    ForeignKey = "foreign-key",
    /// The database refused a statement for another reason.
    Sql = "sql",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kebab_case_and_unique() {
        let texts: Vec<_> = Code::ALL.iter().map(|it| it.as_str()).collect();
        assert!(texts.iter().all(|it| it.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
        assert!(texts.iter().enumerate().all(|(at, it)| !texts[..at].contains(it)));
    }

    #[test]
    fn a_fault_prints_its_code_and_message() {
        let fault = Fault::overflow("2 ** 64");
        assert_eq!(fault.to_string(), "overflow: 2 ** 64 is outside what its type can hold");
        assert!(fault.is(Code::Overflow));
    }
}
