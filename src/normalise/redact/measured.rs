//! Stretches of a text that are measured once.

/// Where a stretch lies whose end was looked for. What begins inside it ends where it does: so
/// a text in which every byte might begin something is still gone over once.
#[derive(Clone, Copy, Default)]
pub(super) struct Measured(Option<(usize, usize)>);

impl Measured {
    /// The end of the stretch from a place on, which `measure` finds when it is not known.
    pub(super) fn end(&mut self, from: usize, measure: impl FnOnce() -> usize) -> usize {
        match self.0 {
            Some((first, end)) if (first..=end).contains(&from) => end,
            _ => {
                let end = measure();
                self.0 = Some((from, end));
                end
            }
        }
    }
}
