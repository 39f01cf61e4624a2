//! The paths and atoms of all fingerprints under comparison, in one order.

use crate::fingerprint::{Atom, AtomKind, Fingerprint, Value};
use crate::model::{FieldPath, Segment};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Place of a path on the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathPlace(pub usize);

/// The paths and atoms of all fingerprints under comparison.
#[derive(Debug, Default)]
pub struct Axis {
    names: Vec<String>,
    paths: Vec<FieldPath>,
    parents: Vec<Option<PathPlace>>,
    atoms: Vec<Atom>,
    ranges: Vec<Range<usize>>,
    path_of: Arc<[u32]>,
    /// Values of closed sets.
    values: BTreeMap<(usize, u64), Value>,
}

impl Axis {
    /// The common axis.
    pub(super) fn of<'a>(fingerprints: impl Iterator<Item = &'a Fingerprint> + Clone) -> Self {
        let mut names: BTreeMap<String, FieldPath> = BTreeMap::new();
        for stats in fingerprints.clone().flat_map(|fingerprint| &fingerprint.paths) {
            names.entry(stats.path.to_string()).or_insert_with(|| stats.path.clone());
        }
        let (names, paths): (Vec<String>, Vec<FieldPath>) = names.into_iter().unzip();
        let mut axis = Self { names, paths, ..Self::default() };
        let mut atoms: Vec<Atom> = Vec::new();
        for fingerprint in fingerprints {
            let places = axis.places(fingerprint);
            atoms.extend(fingerprint.atoms.iter().map(|atom| translated(*atom, &places)));
            for (stats, &place) in fingerprint.paths.iter().zip(&places) {
                let values = stats.tally.iter().flatten();
                axis.values.extend(values.map(|(&id, value)| ((place as usize, id), value.clone())));
            }
        }
        atoms.sort_unstable();
        atoms.dedup();
        axis.ranges = (0..axis.paths.len())
            .map(|path| {
                let from = atoms.partition_point(|atom| (atom.path as usize) < path);
                from..from + atoms[from..].partition_point(|atom| atom.path as usize == path)
            })
            .collect();
        axis.path_of = atoms.iter().map(|atom| atom.path).collect();
        axis.atoms = atoms;
        axis.parents = axis.paths.iter().map(|path| axis.container(path)).collect();
        axis
    }

    /// The nearest path above that is on the axis.
    fn container(&self, path: &FieldPath) -> Option<PathPlace> {
        let parent = path.parent()?;
        if parent.segments().is_empty() {
            return None;
        }
        self.place(&parent.to_string()).or_else(|| self.container(&parent))
    }

    /// Places of a fingerprint's paths.
    pub(super) fn places(&self, fingerprint: &Fingerprint) -> Vec<u32> {
        let place = |name: String| self.names.binary_search(&name).ok().and_then(|place| u32::try_from(place).ok()).unwrap_or(0);
        fingerprint.paths.iter().map(|stats| place(stats.path.to_string())).collect()
    }

    /// Places of a fingerprint's atoms.
    pub(super) fn atom_places(&self, fingerprint: &Fingerprint) -> Vec<u32> {
        let places = self.places(fingerprint);
        let place = |atom: &Atom| self.atoms.binary_search(&translated(*atom, &places)).ok().and_then(|place| u32::try_from(place).ok());
        fingerprint.atoms.iter().map(|atom| place(atom).unwrap_or(0)).collect()
    }

    /// All paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = PathPlace> + use<> {
        (0..self.paths.len()).map(PathPlace)
    }

    /// A path.
    #[must_use]
    pub fn path(&self, place: PathPlace) -> &FieldPath {
        &self.paths[place.0]
    }

    /// Its text.
    #[must_use]
    pub fn name(&self, place: PathPlace) -> &str {
        &self.names[place.0]
    }

    /// The place of a text.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<PathPlace> {
        self.names.binary_search_by(|known| known.as_str().cmp(name)).ok().map(PathPlace)
    }

    /// The container a path stands in; `None` for keys of the record itself.
    #[must_use]
    pub fn parent(&self, place: PathPlace) -> Option<PathPlace> {
        self.parents[place.0]
    }

    /// Whether a path lies below another.
    #[must_use]
    pub fn is_below(&self, place: PathPlace, above: PathPlace) -> bool {
        let (path, above) = (self.path(place).segments(), self.path(above).segments());
        path.len() > above.len() && path.starts_with(above)
    }

    /// Whether a path stands for the elements of an array.
    #[must_use]
    pub fn is_element(&self, place: PathPlace) -> bool {
        matches!(self.path(place).segments().last(), Some(Segment::Elements))
    }

    /// The atoms of a path, with their places.
    pub fn atoms_of(&self, place: PathPlace) -> impl Iterator<Item = (u32, AtomKind)> + '_ {
        let range = self.ranges[place.0].clone();
        range.clone().filter_map(|atom| u32::try_from(atom).ok()).zip(self.atoms[range].iter().map(|atom| atom.kind))
    }

    /// The first atom of every path; of a path without atoms some other one.
    pub(super) fn first_atoms(&self) -> Arc<[u32]> {
        self.ranges.iter().map(|range| u32::try_from(range.start).unwrap_or(u32::MAX)).collect()
    }

    /// The path of every atom.
    pub(super) fn path_of_atoms(&self) -> Arc<[u32]> {
        Arc::clone(&self.path_of)
    }

    /// Where the atoms of a path lie.
    #[must_use]
    pub fn range(&self, place: PathPlace) -> Range<usize> {
        self.ranges[place.0].clone()
    }

    /// What an atom counts.
    #[must_use]
    pub fn kind(&self, atom: u32) -> AtomKind {
        self.atoms[atom as usize].kind
    }

    /// A value of a closed set.
    #[must_use]
    pub fn value(&self, place: PathPlace, id: u64) -> Option<&Value> {
        self.values.get(&(place.0, id))
    }
}

fn translated(atom: Atom, places: &[u32]) -> Atom {
    let kind = match atom.kind {
        AtomKind::Equal(other) => AtomKind::Equal(places[other as usize]),
        kind => kind,
    };
    Atom { path: places[atom.path as usize], kind }
}
