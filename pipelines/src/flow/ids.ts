import { randomInt } from 'node:crypto'

/** Databricks' API uses numbers as ids of jobs and runs; 48 random bits are unguessable and do not collide. */
export const newId = () => randomInt(1, 2 ** 48 - 1)
