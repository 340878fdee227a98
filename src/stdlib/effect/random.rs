//! Randomness, from the host's entropy.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use uuid::Builder;

use super::{Call, Context, misuse};
use crate::value::{Fault, List, Value};

/// More bytes than this are not given at once.
const BYTES_MAX: i64 = 1 << 20;

pub(super) fn perform(context: &Context, name: &str, call: &Call) -> Result<Value, Fault> {
    let mut rng = Source::new(context);
    match name {
        "random.int" => rng.int(call.int(0)?, call.int(1)?).map(Value::Int),
        "random.float" => Ok(Value::Float(rng.float())),
        "random.bytes" => rng.bytes(call.int(0)?).map(Value::bytes),
        "random.choice" => {
            let list = list(call.arg(0))?;
            Ok(if list.is_empty() {
                Value::Null
            } else {
                list.get(rng.below(list.len())).unwrap_or(Value::Null)
            })
        }
        "random.sample" => {
            let n = usize::try_from(call.int(1)?)
                .map_err(|_| Fault::argument("a sample has 0 elements or more"))?;
            let mut items = rng.shuffled(list(call.arg(0))?);
            items.truncate(n);
            Ok(Value::list(items))
        }
        "list.shuffle" => Ok(Value::list(rng.shuffled(list(call.arg(0))?))),
        "uuid.v4" => {
            Ok(Value::from_string(Builder::from_random_bytes(rng.array()).into_uuid().to_string()))
        }
        "uuid.v7" => {
            let millis = u64::try_from(context.host.clock.now_us() / 1000).unwrap_or(0);
            let random = rng.array::<10>();
            Ok(Value::from_string(
                Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string(),
            ))
        }
        _ => Err(misuse()),
    }
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

    /// A number below `n`, all alike likely.
    fn below(&mut self, n: usize) -> usize {
        let n = n.max(1) as u64;
        // Numbers past the last whole multiple would favour the small remainders.
        let limit = u64::MAX - u64::MAX % n;
        loop {
            let number = self.0.next_u64();
            if number < limit {
                return usize::try_from(number % n).unwrap_or(0);
            }
        }
    }

    fn int(&mut self, a: i64, b: i64) -> Result<i64, Fault> {
        if a > b {
            return Err(Fault::argument(format!("there is no number from {a} to {b}")));
        }
        let span = b.wrapping_sub(a).cast_unsigned();
        let offset = match span.checked_add(1) {
            None => self.0.next_u64(),
            Some(n) => loop {
                let number = self.0.next_u64();
                if number < u64::MAX - u64::MAX % n {
                    break number % n;
                }
            },
        };
        Ok(a.wrapping_add(offset.cast_signed()))
    }

    /// From 0 (taken in) to 1 (left out), in steps of 2⁻⁵³.
    fn float(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let number = (self.0.next_u64() >> 11) as f64;
        number / (1u64 << 53) as f64
    }

    fn bytes(&mut self, n: i64) -> Result<Vec<u8>, Fault> {
        if !(0..=BYTES_MAX).contains(&n) {
            return Err(Fault::argument(format!(
                "`random.bytes` gives from 0 to {BYTES_MAX} bytes"
            )));
        }
        let mut bytes = vec![0; usize::try_from(n).unwrap_or(0)];
        self.0.fill_bytes(&mut bytes);
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    fn shuffled(&mut self, list: &List) -> Vec<Value> {
        let mut items: Vec<Value> = list.iter().collect();
        for at in (1..items.len()).rev() {
            let other = self.below(at + 1);
            items.swap(at, other);
        }
        items
    }
}
