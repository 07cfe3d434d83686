"""Re-run a published PLS-SEM survey study from raw answers to verdicts, in notebooks."""
