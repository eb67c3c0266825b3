export const HINT_DELAY_SECONDS = 5;
/** SQL: a claimable run that nobody claimed until then is hinted again, by a sweeper. */
export const HINT_DUE_AT = `now() + interval '${HINT_DELAY_SECONDS} seconds'`;
