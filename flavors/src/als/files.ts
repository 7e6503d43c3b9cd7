export const FORMAT_VERSION = 1
export const MANIFEST_FILE = 'als.json'
/** `item_id`, `factor`: fixed-size list of float32. */
export const ITEM_FACTORS_FILE = 'item_factors.arrow'
/** `user_id`, `factor` and, where it was kept, `seen`: rows of the item table. */
export const USER_FACTORS_FILE = 'user_factors.arrow'
