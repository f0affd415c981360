"""The frame of what is asked of AWS accounts: places, questions, answers, and how they land. See docs/collecting.md."""
