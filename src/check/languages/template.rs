//! Templates: whether they can be read, and whether they are given what they ask for.

use minijinja::Environment;

use super::Literal;
use crate::check::checker::Checker;
use crate::check::report::languages as report;
use crate::check::types::Type;
use crate::syntax::tree::Expr;

/// Names that every template may use.
const GIVEN: [&str; 7] = ["range", "dict", "debug", "namespace", "loop", "self", "super"];

impl<'p> Checker<'p> {
    pub(super) fn check_template_text(
        &mut self,
        literal: &Literal<'_>,
        name: &str,
        text: &str,
        values: &'p Expr,
        ty: &Type,
    ) {
        let mut environment = Environment::new();
        let shown = if name.is_empty() { "the template" } else { name };
        if let Err(error) = environment.add_template(shown, text) {
            self.report(report::bad_template(literal.written.whole, shown, &error));
            return;
        }
        let Ok(template) = environment.get_template(shown) else { return };
        let mut wanted: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        wanted.sort_unstable();
        wanted.dedup_by(|later, earlier| later.starts_with(&format!("{earlier}.")));
        for path in wanted {
            let first = path.split('.').next().unwrap_or_default();
            if !GIVEN.contains(&first) {
                self.check_template_value(values, &path, ty);
            }
        }
    }

    /// Follows a name of the template through the fields of what it is given.
    fn check_template_value(&mut self, values: &'p Expr, path: &str, ty: &Type) {
        let mut ty = self.open(ty);
        for name in path.split('.') {
            let Type::Record(record) = self.open(ty.without_null()) else { return };
            match record.slot(name) {
                Some(slot) => ty = record.fields[slot].ty.clone(),
                None => {
                    self.report(report::missing_value(values.span, path, name, &record));
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{library, project};

    fn found(text: &str) -> Vec<String> {
        let mut project = project(&[("main", text)]);
        let page = "<p>{{ name }} {% for o in orders %}{{ o.id }}{% endfor %} {{ boss.name }}</p>";
        project.settings.templates.insert("page.html".into(), page.into());
        project.settings.templates.insert("broken.html".into(), "<p>{{ name".into());
        let checked = crate::check::check(&project, library());
        checked.diagnostics.iter().map(|it| format!("{}: {}", it.code, it.title)).collect()
    }

    #[test]
    fn values_are_what_the_template_asks_for() {
        let orders = "orders: [{ id: 1 }]";
        let fine = format!(
            "print(template(\"page.html\", {{ name: \"a\", {orders}, boss: {{ name: \"b\" }} }}))"
        );
        assert_eq!(found(&fine), [""; 0]);
        let one = format!(
            "print(template(\"page.html\", {{ nam: \"a\", {orders}, boss: {{ name: \"b\" }} }}))"
        );
        assert_eq!(found(&one), ["missing-template-value: the template needs `name`"]);
        let deep = format!(
            "print(template(\"page.html\", {{ name: \"a\", {orders}, boss: {{ id: 1 }} }}))"
        );
        assert_eq!(found(&deep), ["missing-template-value: the template needs `boss.name`"]);
    }

    #[test]
    fn templates_are_beside_the_file_below_the_root_or_below_templates() {
        let mut project = project(&[("desk/main", "print(template(\"a.txt\", {}))")]);
        for place in ["templates/a.txt", "a.txt", "desk/a.txt"] {
            project.settings.templates.insert(place.into(), place.into());
            let (found, text) = project.settings.template("desk/", "a.txt").unwrap();
            assert_eq!((found.as_str(), &*text), (place, place));
        }
        assert_eq!(project.settings.template("", "desk/b.txt"), None);
    }

    #[test]
    fn the_path_stands_in_the_program() {
        let computed = "let name = \"page\"\nprint(template(\"{name}.html\", {}))";
        assert_eq!(
            found(computed),
            ["bad-template: the path of a template stands in the program, as a text without holes"]
        );
    }

    #[test]
    fn templates_can_be_read() {
        assert_eq!(
            found("print(template(\"pag.html\", {}))"),
            ["bad-template: no template is called `pag.html`"]
        );
        assert_eq!(found("print(template(\"broken.html\", {}))").len(), 1);
        assert_eq!(
            found("print(template.text(\"Hi \\{\\{ name \\}\\}\", { nam: 1 }))"),
            ["missing-template-value: the template needs `name`"]
        );
    }
}
