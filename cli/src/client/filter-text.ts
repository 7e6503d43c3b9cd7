/** A text in quotes, for a filter of MLflow. A text with both kinds of quotes cannot be in one. */
export const filterText = (text: string) => (text.includes("'") ? `"${text}"` : `'${text}'`)
