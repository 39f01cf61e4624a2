//! What the records of one cohort show at one path, read off the cells.

use super::{Axis, CohortPlace, PathPlace, Side};
use crate::fingerprint::{AtomKind, Cell};
use crate::model::Shape;

/// What the records of one cohort show at one path. All counts are records.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Records in which the container of the path was there, so that it could have been.
    pub eligible: Cell,
    /// Records in which the path was there.
    pub present: Cell,
    /// Records in which it held something: an object whose members are all empty holds nothing.
    pub filled: Cell,
    /// Records in which it was there and held nothing, or an object of nothing.
    pub empty: Cell,
    /// Records by shape, hollow objects apart.
    pub shapes: Vec<(Shape, Cell)>,
    /// Records in which it was an object with members none of which was filled.
    pub hollow: Cell,
    /// Records in which it was an object or array with contents, also inside a text.
    pub containers: Cell,
}

impl View {
    /// What a cohort of one side shows at a path.
    #[must_use]
    pub fn of(side: &Side, axis: &Axis, cohort: CohortPlace, path: PathPlace) -> Self {
        let mut view = Self::at(side, axis, cohort, path);
        view.eligible = match axis.parent(path) {
            None => side.total(cohort),
            Some(parent) => Self::at(side, axis, cohort, parent).containers,
        };
        // A parent that changed its type: whatever was filled could have been there.
        if view.eligible.count < view.filled.count {
            view.eligible = view.filled;
        }
        view
    }

    fn at(side: &Side, axis: &Axis, cohort: CohortPlace, path: PathPlace) -> Self {
        let mut view = Self::default();
        let mut counted = Cell::default();
        let mut explicit = None;
        for (atom, cell) in side.cells_in(cohort, &axis.range(path)) {
            match axis.kind(atom) {
                AtomKind::Present => explicit = Some(cell),
                AtomKind::Hollow => view.hollow = cell,
                AtomKind::Shape(shape) => {
                    counted.merge(cell);
                    view.shapes.push((shape, cell));
                    if shape.is_filled() {
                        view.filled.merge(cell);
                    } else {
                        view.empty.merge(cell);
                    }
                    if matches!(shape, Shape::OBJECT | Shape::ARRAY | Shape::JSON_OBJECT | Shape::JSON_ARRAY) {
                        view.containers.merge(cell);
                    }
                }
                AtomKind::Value(_) | AtomKind::Equal(_) => {}
            }
        }
        view.present = explicit.unwrap_or(counted);
        for part in [&mut view.filled, &mut view.empty, &mut view.containers] {
            part.count = part.count.min(view.present.count);
        }
        view.drop_hollow();
        view
    }

    /// Takes hollow objects out of what is filled and into what is empty.
    fn drop_hollow(&mut self) {
        if self.hollow.count == 0 {
            return;
        }
        self.empty.merge(self.hollow);
        self.filled.count = self.filled.count.saturating_sub(self.hollow.count);
        if self.filled.count == 0 {
            self.filled = Cell::default();
        }
        // What lies in a hollow object is the object's loss, not a loss of its own.
        self.containers.count = self.containers.count.saturating_sub(self.hollow.count);
        for (shape, cell) in &mut self.shapes {
            if *shape == Shape::OBJECT {
                cell.count = cell.count.saturating_sub(self.hollow.count);
            }
        }
    }

    /// Adds the records of another cohort.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.eligible, other.eligible),
            (&mut self.present, other.present),
            (&mut self.filled, other.filled),
            (&mut self.empty, other.empty),
            (&mut self.hollow, other.hollow),
            (&mut self.containers, other.containers),
        ] {
            mine.merge(theirs);
        }
        for (shape, cell) in &other.shapes {
            match self.shapes.iter_mut().find(|known| known.0 == *shape) {
                Some(known) => known.1.merge(*cell),
                None => self.shapes.push((*shape, *cell)),
            }
        }
    }

    /// Records that show a shape.
    #[must_use]
    pub fn shape(&self, wanted: Shape) -> Cell {
        self.shapes.iter().find(|(shape, _)| *shape == wanted).map(|found| found.1).unwrap_or_default()
    }

    /// Records in which the path could have been filled and was not.
    #[must_use]
    pub fn unfilled(&self) -> u64 {
        self.eligible.count.saturating_sub(self.filled.count)
    }

    /// Estimated distinct actors behind [`View::unfilled`]: those seen with nothing there, or those never seen with something,
    /// whichever are more; never more than records.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a bound of an estimate")]
    pub fn unfilled_actors(&self) -> f64 {
        let never = self.eligible.actors.without(self.filled.actors);
        never.max(self.empty.actors.estimate()).min(self.unfilled() as f64)
    }
}
