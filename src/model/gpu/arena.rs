//! Buffers by lifetime: values that are never needed at once share one.

use super::dispatch::{Dispatch, Region};
use super::stage::{CpuStage, Output, Stage, StageInput};

/// From which step to which a value is needed, and how many numbers it holds; `None` if nothing ever touches it.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    pub from: usize,
    pub to: usize,
    pub len: usize,
}

/// A slot for each value and the length of each slot. No step finds two values that it touches in one slot, so no
/// dispatch binds a buffer both for reading and for writing.
pub fn slots(lives: &[Option<Life>]) -> (Vec<Option<usize>>, Vec<usize>) {
    let mut order: Vec<usize> = (0..lives.len()).filter(|&value| lives[value].is_some()).collect();
    order.sort_by_key(|&value| lives[value].map(|life| life.from));
    let mut lengths: Vec<usize> = Vec::new();
    let mut busy: Vec<usize> = Vec::new();
    let mut taken = vec![None; lives.len()];
    for value in order {
        let Some(life) = lives[value] else { continue };
        let free = (0..lengths.len()).filter(|&slot| busy[slot] < life.from);
        // The smallest that is large enough, else the largest, which grows.
        let best = free.min_by_key(|&slot| match lengths[slot].checked_sub(life.len) {
            Some(left) => (0, left),
            None => (1, life.len - lengths[slot]),
        });
        let slot = best.unwrap_or_else(|| {
            lengths.push(0);
            busy.push(0);
            lengths.len() - 1
        });
        lengths[slot] = lengths[slot].max(life.len);
        busy[slot] = life.to;
        taken[value] = Some(slot);
    }
    (taken, lengths)
}

/// When each value is first and last needed. Inputs are there from the start, outputs to the end; in a loop, inputs too.
pub fn lives(
    stages: &[Stage],
    lengths: &[usize],
    inputs: &[usize],
    outputs: &[Output],
    looped: bool,
) -> Vec<Option<Life>> {
    let mut lives: Vec<Option<Life>> = vec![None; lengths.len()];
    let mut touch = |value: usize, step: usize| {
        let life = lives[value].get_or_insert(Life { from: step, to: step, len: lengths[value] });
        life.to = life.to.max(step);
    };
    for &value in inputs {
        touch(value, 0);
        if looped {
            touch(value, stages.len());
        }
    }
    for (step, stage) in stages.iter().enumerate() {
        match stage {
            Stage::Dispatch(Dispatch { reads, writes, .. }) => {
                for region in reads {
                    if let Region::Value(value) = region {
                        touch(*value, step);
                    }
                }
                touch(*writes, step);
            }
            Stage::Cpu(stage) => {
                let CpuStage { inputs, writes, .. } = stage.as_ref();
                for input in inputs {
                    if let StageInput::Value { value, .. } = input {
                        touch(*value, step);
                    }
                }
                writes.iter().for_each(|&value| touch(value, step));
            }
        }
    }
    outputs.iter().for_each(|output| touch(output.value, stages.len()));
    lives
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_share_a_slot_only_when_their_lives_are_apart() {
        let life = |from, to, len| Some(Life { from, to, len });
        let lives = [life(0, 1, 10), life(1, 2, 10), life(2, 3, 5), None, life(3, 4, 20)];
        let (taken, lengths) = slots(&lives);
        for (a, one) in lives.iter().enumerate() {
            for (b, other) in lives.iter().enumerate().skip(a + 1) {
                if let (Some(one), Some(other)) = (one, other) {
                    let apart = one.to < other.from || other.to < one.from;
                    assert!(apart || taken[a] != taken[b], "{a} and {b} share a slot");
                }
            }
        }
        assert_eq!(taken[3], None);
        assert!(lengths.len() < 4, "slots are used again");
        for (value, life) in lives.iter().enumerate() {
            if let (Some(life), Some(slot)) = (life, taken[value]) {
                assert!(lengths[slot] >= life.len);
            }
        }
    }
}
