//! The modules of a crate, where their paths lead, and the circles that makes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use crate::reading::{Module, Segments};

/// Re-exports that are followed one after the other, at most.
const DEEPEST: usize = 8;

/// The modules of a crate by their paths; lib.rs has the empty one.
pub struct Crate(pub BTreeMap<Segments, Module>);

impl Crate {
    /// `text` gives what stands in a file, if there is such a file.
    pub fn new(text: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut made = BTreeMap::new();
        let mut waiting = vec![(Segments::new(), PathBuf::from("src/lib.rs"))];
        while let Some((path, file)) = waiting.pop() {
            let text_of = text(&file).unwrap_or_else(|| panic!("there is no {}", file.display()));
            let module = Module::new(file.clone(), &text_of);
            let folder = Path::new("src").join(path.iter().collect::<PathBuf>());
            for name in &module.children {
                let places = [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")];
                let place = places.into_iter().find(|place| text(place).is_some());
                let place = place.unwrap_or_else(|| panic!("{}: no file for mod {name}", file.display()));
                waiting.push(([&path[..], std::slice::from_ref(name)].concat(), place));
            }
            made.insert(path, module);
        }
        Self(made)
    }

    /// Where a path in module `from` leads: to a module's file, and whether to the module itself, not to a name that it defines.
    /// Nothing if it leads out of the crate.
    fn resolved(&self, from: &[String], path: &[String], depth: usize) -> Option<(Segments, bool)> {
        let mut at = from.to_vec();
        let mut rest = path;
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()),
                _ => break,
            }
            rest = others;
        }
        let rooted = rest.len() < path.len();
        for (nth, name) in rest.iter().enumerate() {
            let module = &self.0[&at];
            let bound = module.bound.iter().find(|(bound, _)| bound == name);
            if module.children.contains(name) {
                at.push(name.clone());
            } else if module.defined.contains(name) {
                return Some((at, false));
            } else if let Some((_, path)) = bound.filter(|_| depth < DEEPEST && name != "*") {
                let (to, whole) = self.resolved(&at, path, depth + 1)?;
                if !whole {
                    return Some((to, false));
                }
                at = to;
            } else if nth == 0 && !rooted {
                return None;
            } else {
                let globs = module.bound.iter().filter(|(bound, _)| bound == "*" && depth < DEEPEST);
                let mut globs = globs.filter_map(|(_, path)| self.resolved(&at, path, depth + 1));
                let found = globs.find(|(to, _)| self.0[to].defined.contains(name));
                return Some(found.unwrap_or((at, name == "*")));
            }
        }
        Some((at, true))
    }

    /// The edges from each module, each with a path that makes it.
    pub fn edges(&self) -> BTreeMap<&Segments, BTreeMap<Segments, String>> {
        let of = |(from, module): (&Segments, &Module)| {
            let mut edges = BTreeMap::new();
            for path in &module.paths {
                if let Some((to, _)) = self.resolved(from, path, 0).filter(|(to, _)| to != from) {
                    edges.entry(to).or_insert_with(|| path.join("::"));
                }
            }
            edges
        };
        self.0.iter().map(|(from, module)| (from, of((from, module)))).collect()
    }

    pub fn file(&self, module: &[String]) -> String {
        self.0[module].file.display().to_string()
    }

    /// A shortest circle through each module that lies on one, each circle once.
    pub fn circles(&self) -> Vec<String> {
        let edges = self.edges();
        let mut found: BTreeMap<BTreeSet<&Segments>, String> = BTreeMap::new();
        for start in self.0.keys() {
            // From which module each was first reached, going from `start`.
            let mut came: BTreeMap<&Segments, &Segments> = BTreeMap::new();
            let mut waiting = VecDeque::from([start]);
            while let Some(at) = waiting.pop_front() {
                for to in edges[at].keys() {
                    if !came.contains_key(to) {
                        came.insert(to, at);
                        waiting.push_back(to);
                    }
                }
            }
            let Some(mut at) = came.get(start).copied() else { continue };
            let mut circle = vec![start, at];
            while at != start {
                at = came[at];
                circle.push(at);
            }
            circle.reverse();
            let steps = circle
                .windows(2)
                .map(|pair| format!("{} uses {}, in ", self.file(pair[0]), edges[pair[0]][pair[1]]));
            let text = steps.chain([self.file(start)]).collect();
            found.entry(circle.into_iter().collect()).or_insert(text);
        }
        found.into_values().collect()
    }
}
