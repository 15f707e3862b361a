"""What to type next, for each next step that a use case names."""

from tracker.ledger.errors import NextStep

HINTS = {
    NextStep.CHOOSE: 'See what there is: toward add --list. Or make one of your own: toward add "Title" --step s4',
    NextStep.DOCTOR: "What is wrong, and what may bring it back: toward doctor",
    NextStep.RESUME: "To resume it: toward resume {about}",
    NextStep.RESUME_ALL: "To resume them: toward resume all",
    NextStep.PAUSE: f"{NextStep.PAUSE.value} Then: toward log {{about}}",
    NextStep.SMALLER: "To make one smaller: toward edit WHAT --target 2, or --schedule '2 per week'",
    NextStep.SWAP: "To swap one: toward archive WHAT, then toward add --list",
    NextStep.TAKE_ON: "To keep what you offer as a commitment of your own: toward add",
    NextStep.SAFETY: "You are not alone with this: toward safety",
    NextStep.HOW_LONG: "toward time stop 45m, or toward time stop --discard",
    NextStep.CARE: "Before you start: toward safety",
    NextStep.OUTCOME: "Say which: toward done {about} WHICH",
    NextStep.FRIGHTEN: "For those who notice that they frighten somebody: toward safety frighten",
    NextStep.REPAIR: "Put it right: toward log mend. If anyone was afraid: toward safety",
    NextStep.NOW: "If it is to be now: the same with --now",
    NextStep.PUT_AWAY: "To archive it: toward archive {about}",
    NextStep.WRITE: "Write it down: toward log {about}",
    NextStep.PUT_RIGHT: "Once it is done: toward lapse {about} --put-right",
}
