import { randomInt } from 'node:crypto'

/** Ids of jobs and runs are numbers on Databricks' wire; 48 random bits, so that they tell nothing and do not collide. */
export const newId = () => randomInt(1, 2 ** 48 - 1)
