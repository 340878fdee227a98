//! How types read in messages: as they are written, and with an article in a sentence.

use std::fmt;

use super::{FnType, RecordType, Type};
use crate::diagnostics::suggest::words::article;

/// Records with more fields than this are shortened.
const FIELDS_SHOWN_MAX: usize = 4;

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error => f.write_str("unknown"),
            Self::Never => f.write_str("never"),
            Self::Nothing => f.write_str("nothing"),
            Self::Null => f.write_str("null"),
            Self::Int => f.write_str("int"),
            Self::Decimal => f.write_str("decimal"),
            Self::Float => f.write_str("float"),
            Self::Bool => f.write_str("bool"),
            Self::Text => f.write_str("text"),
            Self::Bytes => f.write_str("bytes"),
            Self::Time => f.write_str("time"),
            Self::Date => f.write_str("date"),
            Self::Duration => f.write_str("duration"),
            Self::Json => f.write_str("json"),
            Self::Secret => f.write_str("secret"),
            Self::Fault => f.write_str("error"),
            Self::Union(texts) => {
                separated(f, texts.iter(), " | ", |f, text| write!(f, "{:?}", text.as_str()))
            }
            Self::List(item) if item.is_never() => f.write_str("[]"),
            Self::List(item) => write!(f, "[{item}]"),
            Self::Map(entry) if entry.0.is_never() => f.write_str("[:]"),
            Self::Map(entry) => write!(f, "[{}: {}]", entry.0, entry.1),
            Self::Record(record) => record_type(f, record),
            Self::Optional(inner) => match &**inner {
                Self::Union(_) | Self::Fn(_) | Self::OneOf(_) => write!(f, "({inner})?"),
                _ => write!(f, "{inner}?"),
            },
            Self::Fn(function) => function_type(f, function),
            Self::Param(name) => f.write_str(name),
            Self::OneOf(types) => separated(f, types.iter(), " | ", |f, ty| write!(f, "{ty}")),
            Self::Named(named) => f.write_str(&named.name),
        }
    }
}

impl Type {
    /// The type in backticks with its article: "an `int`", "`text`".
    #[must_use]
    pub fn with_article(&self) -> String {
        match self {
            Self::Int | Self::Fault => format!("an `{self}`"),
            Self::Decimal | Self::Float | Self::Bool | Self::Time | Self::Date => {
                format!("a `{self}`")
            }
            Self::Duration | Self::Secret | Self::List(_) | Self::Map(_) => format!("a `{self}`"),
            Self::Record(record) => match &record.name {
                Some(name) => format!("{} `{name}`", article(name)),
                None => format!("a record `{self}`"),
            },
            Self::Named(named) => format!("{} `{named}`", article(&named.name), named = named.name),
            Self::Fn(_) => format!("a function `{self}`"),
            Self::Null => "`null`".to_owned(),
            Self::Nothing | Self::Never => "nothing".to_owned(),
            Self::Error
            | Self::Text
            | Self::Bytes
            | Self::Json
            | Self::Union(_)
            | Self::Optional(_)
            | Self::Param(_)
            | Self::OneOf(_) => format!("`{self}`"),
        }
    }
}

fn record_type(f: &mut fmt::Formatter<'_>, record: &RecordType) -> fmt::Result {
    if let Some(name) = &record.name {
        return f.write_str(name);
    }
    if record.fields.is_empty() {
        return f.write_str("{}");
    }
    f.write_str("{ ")?;
    let shown = record.declared().take(FIELDS_SHOWN_MAX);
    separated(f, shown, ", ", |f, field| write!(f, "{}: {}", field.name, field.ty))?;
    f.write_str(if record.fields.len() > FIELDS_SHOWN_MAX { ", … }" } else { " }" })
}

fn function_type(f: &mut fmt::Formatter<'_>, function: &FnType) -> fmt::Result {
    f.write_str("fn(")?;
    separated(f, function.params.iter(), ", ", |f, ty| write!(f, "{ty}"))?;
    f.write_str(")")?;
    if function.result == Type::Nothing { Ok(()) } else { write!(f, " -> {}", function.result) }
}

fn separated<'a, T: 'a>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = &'a T>,
    separator: &str,
    mut show: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.enumerate() {
        if at > 0 {
            f.write_str(separator)?;
        }
        show(f, item)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::FieldType;
    use super::*;

    #[test]
    fn types_read_as_they_are_written() {
        let field = |name: &str, ty| FieldType { name: name.into(), ty };
        let line = RecordType::new(None, vec![field("sku", Type::Text), field("qty", Type::Int)]);
        let union = Type::Union(["late".into(), "open".into()].into());
        let cases = [
            (Type::list(Type::Record(line.clone().into())), "[{ sku: text, qty: int }]"),
            (Type::optional(union), "(\"late\" | \"open\")?"),
            (Type::map(Type::Text, Type::optional(Type::Int)), "[text: int?]"),
            (Type::list(Type::Never), "[]"),
        ];
        for (ty, text) in cases {
            assert_eq!(ty.to_string(), text);
        }
        let order = RecordType { name: Some("Order".into()), ..line };
        assert_eq!(Type::Record(order.into()).with_article(), "an `Order`");
        assert_eq!(Type::Int.with_article(), "an `int`");
        assert_eq!(Type::Text.with_article(), "`text`");
    }
}
