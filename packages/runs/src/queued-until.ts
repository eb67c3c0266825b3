/** SQL: a run that nobody claimed until then ends as `timeout`. */
export const QUEUED_UNTIL = `now() + interval '1 day'`;
