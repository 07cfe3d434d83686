"""Room 11, somebody's own survey: propose a study file, check it against the survey before anything runs."""
