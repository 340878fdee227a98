//! Randomness, from the host's entropy.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use uuid::Builder;

use super::{Call, Context, misuse};
use crate::stdlib::limits;
use crate::value::{Fault, List, Value};

/// More bytes than this are not given at once.
const BYTES_MAX: i64 = 1 << 20;

pub(super) fn perform(context: &Context, call: &Call<'_>) -> Result<Value, Fault> {
    let mut rng = Source::new(context);
    match call.name {
        "random.int" => rng.int(call.int("a")?, call.int("b")?).map(Value::Int),
        "random.float" => Ok(Value::Float(rng.float())),
        "random.bytes" => rng.bytes(call.int("n")?).map(Value::bytes),
        "random.choice" => {
            let xs = list(call.arg("xs"))?;
            Ok(if xs.is_empty() { None } else { xs.get(rng.below(xs.len())) }
                .unwrap_or(Value::Null))
        }
        "random.sample" => {
            let n = limits::count(call.int("n")?, "the size of a sample")?;
            Ok(Value::list(rng.sample(list(call.arg("xs"))?, n)))
        }
        "list.shuffle" => {
            let xs = list(call.arg("self"))?;
            Ok(Value::list(rng.sample(xs, xs.len())))
        }
        "uuid.v4" => uuid(Builder::from_random_bytes(rng.array())),
        "uuid.v7" => {
            let millis = u64::try_from(context.host.clock.now_us() / 1000).unwrap_or(0);
            uuid(Builder::from_unix_timestamp_millis(millis, &rng.array()))
        }
        _ => Err(misuse()),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "an arm among arms that may fail")]
fn uuid(builder: Builder) -> Result<Value, Fault> {
    Ok(Value::from_string(builder.into_uuid().to_string()))
}

fn list(value: &Value) -> Result<&List, Fault> {
    match value {
        Value::List(list) => Ok(list),
        _ => Err(misuse()),
    }
}

/// Random numbers of one call.
struct Source(ChaCha12Rng);

impl Source {
    fn new(context: &Context) -> Self {
        let mut seed = [0; 32];
        context.host.entropy.fill(&mut seed);
        Self(ChaCha12Rng::from_seed(seed))
    }

    /// A number below `n`, which is not zero, each as likely as the others.
    fn number_below(&mut self, n: u64) -> u64 {
        // Beyond the last whole multiple of `n` the small remainders would come up more often.
        let end = u64::MAX - u64::MAX % n;
        loop {
            let number = self.0.next_u64();
            if number < end {
                return number % n;
            }
        }
    }

    /// A place in a list of this length.
    fn below(&mut self, length: usize) -> usize {
        usize::try_from(self.number_below(length.max(1) as u64)).unwrap_or(0)
    }

    fn int(&mut self, a: i64, b: i64) -> Result<i64, Fault> {
        if a > b {
            return Err(Fault::argument(format!("there is no number from {a} to {b}")));
        }
        let span = b.wrapping_sub(a).cast_unsigned();
        let offset = match span.checked_add(1) {
            Some(n) => self.number_below(n),
            None => self.0.next_u64(),
        };
        Ok(a.wrapping_add(offset.cast_signed()))
    }

    /// From 0 to below 1, in steps of 2 to the power of -53.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn float(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    fn bytes(&mut self, n: i64) -> Result<Vec<u8>, Fault> {
        let fits = usize::try_from(n).ok().filter(|_| n <= BYTES_MAX);
        let message =
            || Fault::argument(format!("0 to {BYTES_MAX} random bytes are given, not {n}"));
        let mut bytes = vec![0; fits.ok_or_else(message)?];
        self.0.fill_bytes(&mut bytes);
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// Elements of different places in random order, at most `n`.
    fn sample(&mut self, list: &List, n: usize) -> Vec<Value> {
        let mut items: Vec<Value> = list.iter().collect();
        let n = n.min(items.len());
        for at in 0..n {
            let other = at + self.below(items.len() - at);
            items.swap(at, other);
        }
        items.truncate(n);
        items
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Scene;
    use super::*;
    use crate::value::Code;

    #[test]
    fn numbers_stay_in_their_range() {
        let scene = Scene::new();
        let int = |a, b| scene.call("random.int", &[("a", Value::Int(a)), ("b", Value::Int(b))]);
        let mut seen = [false; 6];
        for _ in 0..300 {
            let Ok(Value::Int(n)) = int(1, 6) else { panic!() };
            seen[usize::try_from(n - 1).unwrap()] = true;
        }
        assert_eq!(seen, [true; 6]);
        assert_eq!(int(5, 5), Ok(Value::Int(5)));
        assert!(int(i64::MIN, i64::MAX).is_ok());
        assert!(int(2, 1).unwrap_err().is(Code::Argument));
        for _ in 0..100 {
            let float = scene.call("random.float", &[]).unwrap();
            assert!((Value::Float(0.0)..Value::Float(1.0)).contains(&float));
        }
    }

    #[test]
    fn samples_have_each_element_once() {
        let scene = Scene::new();
        let xs = || ("xs", Value::list((0..20).map(Value::Int)));
        let sample = |n| scene.call("random.sample", &[xs(), ("n", Value::Int(n))]);
        let Ok(Value::List(list)) = sample(99) else { panic!() };
        let mut items = list.iter().collect::<Vec<_>>();
        items.sort();
        assert_eq!(Value::list(items), xs().1);
        assert!(sample(-1).unwrap_err().is(Code::Argument));
        let none = scene.call("random.choice", &[("xs", Value::list([]))]);
        assert_eq!(none, Ok(Value::Null));
        let shuffled = |scene: &Scene| scene.call("list.shuffle", &[("self", xs().1)]).unwrap();
        assert_ne!(shuffled(&scene), xs().1);
        assert_eq!(shuffled(&Scene::new()), shuffled(&Scene::new()), "one seed, one order");
    }

    #[test]
    fn bytes_and_uuids_have_their_form() {
        let scene = Scene::new();
        let bytes = |n| scene.call("random.bytes", &[("n", Value::Int(n))]);
        assert!(matches!(bytes(16), Ok(Value::Bytes(it)) if it.len() == 16));
        assert!(bytes(-1).is_err() && bytes(i64::MAX).is_err());
        let v4 = scene.call("uuid.v4", &[]).unwrap().to_string();
        let v7 = scene.call("uuid.v7", &[]).unwrap().to_string();
        assert_eq!((v4.len(), &v4[14..15], &v7[14..15]), (36, "4", "7"));
        assert!(v7.starts_with("019b"), "{v7}");
    }
}
