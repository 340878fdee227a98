//! Lists made of lists.

use std::rc::Rc;

use super::super::limits::{self, Text};
use super::super::native::Ints;
use super::keys::Set;
use super::look::at_most;
use crate::value::{Fault, List, Value};

pub(super) fn flatten(xs: &List) -> Result<List, Fault> {
    let mut lists = Vec::with_capacity(xs.len());
    for item in xs.iter() {
        match item {
            Value::List(list) => lists.push(list),
            _ => return Err(Fault::argument("only lists can be flattened")),
        }
    }
    limits::items(lists.iter().fold(0, |sum, it| sum.saturating_add(it.len())))?;
    let mut out = List::Values(Vec::new());
    for list in &lists {
        out.append(list);
    }
    Ok(out)
}

pub(super) fn chunk(xs: &List, n: i64) -> Result<Vec<List>, Fault> {
    let n = at_least_one(n)?;
    let starts = (0..xs.len()).step_by(n);
    Ok(starts.map(|start| xs.slice(start..xs.len().min(start.saturating_add(n)))).collect())
}

pub(super) fn window(xs: &List, n: i64) -> Result<Vec<List>, Fault> {
    let n = at_least_one(n)?;
    let count = (xs.len() + 1).saturating_sub(n);
    limits::items(count.saturating_mul(n))?;
    Ok((0..count).map(|start| xs.slice(start..start + n)).collect())
}

fn at_least_one(n: i64) -> Result<usize, Fault> {
    let fits = usize::try_from(n).ok().filter(|it| *it > 0);
    fits.ok_or_else(|| Fault::argument(format!("a size or step is 1 or more, and this is {n}")))
}

pub(super) fn take(xs: Rc<List>, n: i64) -> Result<Value, Fault> {
    let n = at_most(n, xs.len())?;
    Ok(Value::List(if n == xs.len() { xs } else { Rc::new(xs.slice(0..n)) }))
}

pub(super) fn skip(xs: Rc<List>, n: i64) -> Result<Value, Fault> {
    let n = at_most(n, xs.len())?;
    Ok(Value::List(if n == 0 { xs } else { Rc::new(xs.slice(n..xs.len())) }))
}

pub(super) fn step(xs: Ints<'_>, n: i64) -> Result<List, Fault> {
    Ok(List::Ints(xs.0.iter().copied().step_by(at_least_one(n)?).collect()))
}

pub(super) fn reverse(mut xs: Rc<List>) -> Value {
    Rc::make_mut(&mut xs).reverse();
    Value::List(xs)
}

pub(super) fn concat(mut xs: Rc<List>, ys: &List) -> Value {
    if !ys.is_empty() {
        Rc::make_mut(&mut xs).append(ys);
    }
    Value::List(xs)
}

pub(super) fn compact(xs: Rc<List>) -> Value {
    match &*xs {
        List::Values(items) if items.iter().any(Value::is_null) => {
            Value::list(items.iter().filter(|it| !it.is_null()).cloned())
        }
        // Elements that came without their `?` may be ints that were not packed.
        List::Values(items) => Value::list(items.iter().cloned()),
        List::Ints(_) | List::Floats(_) | List::Bools(_) => Value::List(xs),
    }
}

pub(super) fn join(xs: &List, sep: &str) -> Result<String, Fault> {
    let mut out = Text::new();
    for (at, item) in xs.iter().enumerate() {
        if at > 0 {
            out.push(sep)?;
        }
        out.push_value(&item)?;
    }
    Ok(out.done())
}

pub(super) fn union(xs: &List, ys: &List) -> List {
    let mut seen = Set::default();
    xs.iter().chain(ys.iter()).filter(|it| seen.insert(it.clone())).collect()
}

pub(super) fn intersect(xs: &List, ys: &List) -> List {
    let mut wanted: Set = ys.iter().collect();
    xs.iter().filter(|it| wanted.remove(it)).collect()
}

pub(super) fn except(xs: &List, ys: &List) -> List {
    let mut seen: Set = ys.iter().collect();
    xs.iter().filter(|it| seen.insert(it.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Code;

    fn ints(items: &[i64]) -> List {
        List::Ints(items.to_vec())
    }

    fn shown(list: impl IntoIterator<Item = List>) -> String {
        Value::list(list.into_iter().map(|it| Value::List(Rc::new(it)))).to_string()
    }

    #[test]
    fn lists_are_cut_and_joined() {
        assert_eq!(shown(chunk(&ints(&[1, 2, 3]), 2).unwrap()), "[[1, 2], [3]]");
        assert_eq!(shown(chunk(&ints(&[1]), i64::MAX).unwrap()), "[[1]]");
        assert_eq!(shown(window(&ints(&[1, 2, 3]), 2).unwrap()), "[[1, 2], [2, 3]]");
        assert_eq!(shown(window(&ints(&[1]), 2).unwrap()), "[]");
        assert!(chunk(&ints(&[]), 0).unwrap_err().is(Code::Argument));
        let long = List::Ints(vec![0; 10_000]);
        assert!(window(&long, 5000).unwrap_err().is(Code::Limit));
        let nested = List::Values(vec![Value::list([Value::Int(1)]), Value::list([])]);
        assert_eq!(flatten(&nested).unwrap().len(), 1);
        assert_eq!(join(&ints(&[1, 2]), ", ").unwrap(), "1, 2");
        assert_eq!(join(&ints(&[]), ", ").unwrap(), "");
        let wide = List::Values(vec![Value::text(&"x".repeat(1 << 20)); 100]);
        assert!(join(&wide, "").unwrap_err().is(Code::Limit));
    }

    #[test]
    fn parts_of_any_size_are_taken() {
        let xs = || Rc::new(ints(&[1, 2, 3]));
        assert_eq!(take(xs(), 99).unwrap().to_string(), "[1, 2, 3]");
        assert_eq!(skip(xs(), 2).unwrap().to_string(), "[3]");
        assert!(take(xs(), -1).unwrap_err().is(Code::Argument));
        assert_eq!(step(Ints(&[0, 1, 2, 3]), 3).unwrap().len(), 2);
        assert!(step(Ints(&[]), 0).unwrap_err().is(Code::Argument));
        let some = Rc::new(List::Values(vec![Value::Null, Value::Int(1)]));
        assert!(matches!(compact(some), Value::List(it) if matches!(&*it, List::Ints(_))));
        assert_eq!(reverse(xs()).to_string(), "[3, 2, 1]");
        assert_eq!(concat(xs(), &ints(&[4])).to_string(), "[1, 2, 3, 4]");
    }

    #[test]
    fn sets_have_each_element_once_in_order() {
        let (xs, ys) = (ints(&[3, 1, 3, 2]), ints(&[2, 4, 3]));
        assert_eq!(shown([union(&xs, &ys)]), "[[3, 1, 2, 4]]");
        assert_eq!(shown([intersect(&xs, &ys)]), "[[3, 2]]");
        assert_eq!(shown([except(&xs, &ys)]), "[[1]]");
    }
}
