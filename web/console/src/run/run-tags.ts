import type { RunRow } from '../runs/row.js'

/** The description of a run, an experiment, as MLflow's UI stores it. */
export const NOTE_TAG = 'mlflow.note.content'

/** Returns whether people write the tag. */
export const isUserTag = (key: string) => !key.startsWith('mlflow.') && !key.startsWith('cairn.')

/** Tags that people write. Those of MLflow and Cairn are shown elsewhere on the page. */
export const userTags = (tags: RunRow['tags']) => [...tags].filter(([key]) => isUserTag(key))
