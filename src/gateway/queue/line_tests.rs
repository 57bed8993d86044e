#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use proptest::prelude::*;

fn member(number: usize) -> MemberName {
    format!("membre-{number}").parse().unwrap()
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_member_that_floods_keeps_another_waiting_for_the_question_that_runs_and_no_more() {
    let mut line = Line::new(1, 16);
    let now = Duration::ZERO;
    let flood: Vec<Ticket> = (0..16).map(|_| line.join(&member(0), 60 * SECOND, now).unwrap()).collect();
    assert_eq!(line.start(now), [flood[0]]);
    let other = line.join(&member(1), SECOND, now + SECOND).unwrap();
    assert!(line.start(now + SECOND).is_empty(), "the engine is taken");
    line.leave(flood[0], now + 60 * SECOND);
    assert_eq!(line.start(now + 60 * SECOND), [other], "before the fifteen that came first");
    line.leave(other, now + 61 * SECOND);
    assert_eq!(line.start(now + 61 * SECOND), [flood[1]]);
}

#[test]
fn a_member_has_one_question_at_the_engine_while_another_that_has_none_waits() {
    let mut line = Line::new(3, 16);
    let flood: Vec<Ticket> = (0..4).map(|_| line.join(&member(0), SECOND, Duration::ZERO).unwrap()).collect();
    // Alone, it has the whole engine.
    assert_eq!(line.start(Duration::ZERO), flood[..3]);
    let others: Vec<Ticket> =
        [1, 2].map(|number| line.join(&member(number), 100 * SECOND, Duration::ZERO).unwrap()).into();
    line.leave(flood[0], Duration::ZERO);
    assert_eq!(line.start(Duration::ZERO), [others[0]]);
    line.leave(flood[1], Duration::ZERO);
    assert_eq!(line.start(Duration::ZERO), [others[1]]);
    line.leave(others[0], Duration::ZERO);
    assert_eq!(line.start(Duration::ZERO), [flood[3]]);
}

#[test]
fn so_many_wait_and_no_more() {
    let mut line = Line::new(1, 3);
    for _ in 0..3 {
        line.join(&member(0), 100 * SECOND, Duration::ZERO).unwrap();
    }
    assert_eq!(line.join(&member(0), SECOND, Duration::ZERO), Err(Later::Full(300)));
    assert!(line.join(&member(1), SECOND, Duration::ZERO).is_ok(), "another's are counted apart");
    assert_eq!(line.start(Duration::ZERO).len(), 1);
    assert!(line.join(&member(0), SECOND, Duration::ZERO).is_ok(), "one of them runs now");
}

#[test]
fn a_failure_holds_its_member_twice_as_long_each_time_up_to_an_hour() {
    let mut line = Line::new(1, 16);
    let (mut now, mut expected) = (Duration::ZERO, BACK_OFF);
    for _ in 0..10 {
        let failing = line.join(&member(0), SECOND, now).unwrap();
        let waiting = line.join(&member(0), SECOND, now).unwrap();
        let other = line.join(&member(1), SECOND, now).unwrap();
        let first = line.start(now);
        if first == [other] {
            line.leave(other, now);
            assert_eq!(line.start(now), [failing]);
        }
        assert_eq!(line.failed(failing, now), [(waiting, Later::Held(expected.as_secs()))]);
        line.leave(failing, now);
        line.leave(other, now);
        assert!(matches!(line.join(&member(0), SECOND, now), Err(Later::Held(_))));
        let nearly = now + expected - Duration::from_millis(1);
        assert_eq!(line.join(&member(0), SECOND, nearly), Err(Later::Held(1)));
        assert!(line.join(&member(1), SECOND, nearly).is_ok(), "nobody else is held");
        line.members.get_mut(&member(1)).unwrap().waiting.clear();
        now += expected;
        expected = (expected * 2).min(BACK_OFF_MAX);
    }
    assert_eq!(expected, BACK_OFF_MAX);
    // A day without a failure, and it begins anew.
    now += FORGIVEN_AFTER;
    let failing = line.join(&member(0), SECOND, now).unwrap();
    assert_eq!(line.start(now), [failing]);
    line.failed(failing, now);
    line.leave(failing, now);
    assert_eq!(line.join(&member(0), SECOND, now), Err(Later::Held(61)));
}

#[test]
fn a_failure_is_not_forgotten_with_the_time_that_was_used() {
    let mut line = Line::new(1, 16);
    let failing = line.join(&member(0), SECOND, Duration::ZERO).unwrap();
    assert_eq!(line.start(Duration::ZERO), [failing]);
    line.failed(failing, Duration::ZERO);
    line.leave(failing, FORGIVEN_AFTER - SECOND);
    assert_eq!(line.members[&member(0)].failures, 1);
    line.leave(failing, FORGIVEN_AFTER);
    assert!(line.members.is_empty());
}

/// What happens to a line.
#[derive(Debug, Clone)]
enum Step {
    Joins(usize, u64),
    Ends(usize),
    GivesUp(usize),
    Fails(usize),
    Passes(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0usize..4, 1u64..200).prop_map(|(member, time)| Step::Joins(member, time)),
        3 => (0usize..8).prop_map(Step::Ends),
        1 => (0usize..8).prop_map(Step::GivesUp),
        1 => (0usize..8).prop_map(Step::Fails),
        2 => (0u64..2_000).prop_map(Step::Passes),
    ];
    prop::collection::vec(step, 0..200)
}

proptest! {
    #[test]
    fn places_are_bounded_never_idle_and_handed_out_fairly(places in 1usize..4, most in 1usize..6, steps in steps()) {
        let mut line = Line::new(places, most);
        let mut now = Duration::ZERO;
        let mut running: Vec<(Ticket, usize)> = Vec::new();
        let mut waiting: Vec<(Ticket, usize)> = Vec::new();
        for step in steps {
            match step {
                Step::Joins(of, time) => {
                    let before = waiting.iter().filter(|(_, member)| *member == of).count();
                    match line.join(&member(of), Duration::from_secs(time), now) {
                        Ok(ticket) => {
                            prop_assert!(before < most);
                            waiting.push((ticket, of));
                        }
                        Err(Later::Full(_)) => prop_assert_eq!(before, most),
                        Err(Later::Held(seconds)) => prop_assert!(seconds <= BACK_OFF_MAX.as_secs() + 1 && before == 0),
                    }
                }
                Step::Ends(at) if at < running.len() => {
                    let (ticket, _) = running.remove(at);
                    line.leave(ticket, now);
                }
                Step::GivesUp(at) if at < waiting.len() => {
                    let (ticket, _) = waiting.remove(at);
                    line.leave(ticket, now);
                }
                Step::Fails(at) if at < running.len() => {
                    let (ticket, of) = running.remove(at);
                    let sent: Vec<Ticket> = line.failed(ticket, now).into_iter().map(|(ticket, _)| ticket).collect();
                    let mut expected: Vec<Ticket> =
                        waiting.iter().filter(|(_, member)| *member == of).map(|(ticket, _)| *ticket).collect();
                    expected.sort_unstable();
                    prop_assert_eq!(sent, expected);
                    waiting.retain(|(_, member)| *member != of);
                    line.leave(ticket, now);
                }
                Step::Passes(seconds) => now += Duration::from_secs(seconds),
                _ => {}
            }
            for ticket in line.start(now) {
                let at = waiting.iter().position(|(waiting, _)| *waiting == ticket).expect("who starts has waited");
                let (_, of) = waiting.remove(at);
                let runs = |of: usize| running.iter().filter(|(_, member)| *member == of).count();
                // Nobody runs a second question while somebody waits who runs none, and a member's own come in order.
                prop_assert!(waiting.iter().all(|(_, other)| runs(*other) >= runs(of)));
                prop_assert!(waiting.iter().all(|(other, member)| *member != of || *other > ticket));
                running.push((ticket, of));
            }
            prop_assert!(running.len() <= places);
            prop_assert!(running.len() == places || waiting.is_empty(), "a place is idle");
        }
    }

    /// Whatever the others ask, and however often: between two of its own turns a member waits for a bounded time.
    #[test]
    fn nobody_starves(costs in prop::collection::vec(1u64..600, 4)) {
        let mut line = Line::new(1, 16);
        let mut now = Duration::ZERO;
        let mut turns = [0u32; 4];
        let mut used = [0u64; 4];
        let mut owner = BTreeMap::new();
        for _ in 0..400 {
            for (number, cost) in costs.iter().enumerate() {
                // Always as many as may wait.
                while let Ok(ticket) = line.join(&member(number), Duration::from_secs(*cost), now) {
                    owner.insert(ticket, number);
                }
            }
            let started = line.start(now);
            let number = owner[&started[0]];
            turns[number] += 1;
            used[number] += costs[number];
            now += Duration::from_secs(costs[number]);
            line.leave(started[0], now);
        }
        // Everybody gets its turns, and by time: whoever asks long questions has fewer of them.
        let (least, most) = (used.iter().min().unwrap(), used.iter().max().unwrap());
        prop_assert!(turns.iter().all(|turns| *turns > 0), "{turns:?}");
        prop_assert!(*most <= 4 * least + 4 * costs.iter().max().unwrap(), "{used:?}");
    }
}
