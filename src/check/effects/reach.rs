//! Which effects each body reaches: every effect is carried from where it is touched to all callers.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Bodies, Callee, Effect, Effects, Library, Step, library_step, step};

/// The effects of every body, sorted.
pub(super) fn effects(library: &Library, bodies: &Bodies) -> Effects {
    let graph = Graph::new(library, bodies);
    let mut found: Effects = bodies.iter().map(|(owner, _)| (*owner, Vec::new())).collect();
    let mut all: Vec<(&Effect, &Vec<Callee>)> = graph.touched.iter().collect();
    // Sorted, so that each body's list comes out sorted as well.
    all.sort_by(|a, b| a.0.cmp(b.0));
    for (effect, at) in all {
        for callee in graph.carried(at) {
            if let Callee::Body(owner) = callee
                && let Some(list) = found.get_mut(&owner)
            {
                list.push(effect.clone());
            }
        }
    }
    found
}

/// Who is called by whom, and who touches what.
#[derive(Default)]
struct Graph {
    callers: FxHashMap<Callee, Vec<Callee>>,
    touched: FxHashMap<Effect, Vec<Callee>>,
}

impl Graph {
    fn new(library: &Library, bodies: &Bodies) -> Self {
        let mut graph = Self::default();
        let mut of_library = Vec::new();
        for (owner, touches) in bodies {
            for touch in &touches.list {
                graph.add(&Callee::Body(*owner), step(library, &touch.what), &mut of_library);
            }
        }
        let mut seen = FxHashSet::default();
        while let Some(id) = of_library.pop() {
            if seen.insert(id.clone()) {
                for declaration in library.touched_by(&id) {
                    let caller = Callee::Library(id.clone());
                    graph.add(&caller, library_step(declaration), &mut of_library);
                }
            }
        }
        graph
    }

    fn add(
        &mut self,
        caller: &Callee,
        step: Step,
        of_library: &mut Vec<crate::check::checked::LibraryFn>,
    ) {
        match step {
            Step::Effect(effect, _) | Step::Plain(effect) => {
                self.touched.entry(effect).or_default().push(caller.clone());
            }
            Step::Call(callee) => {
                if let Callee::Library(id) = &callee {
                    of_library.push(id.clone());
                }
                self.callers.entry(callee).or_default().push(caller.clone());
            }
        }
    }

    /// The bodies that an effect reaches from those that touch it themselves.
    fn carried(&self, from: &[Callee]) -> Vec<Callee> {
        let mut seen: FxHashSet<&Callee> = FxHashSet::default();
        let mut waiting: Vec<&Callee> = from.iter().collect();
        let mut found = Vec::new();
        while let Some(next) = waiting.pop() {
            if seen.insert(next) {
                found.push(next.clone());
                waiting.extend(self.callers.get(next).into_iter().flatten());
            }
        }
        found
    }
}
