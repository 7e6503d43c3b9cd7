export const FORMAT_VERSION = 1
export const MANIFEST_FILE = 'als.json'
/** `item_id`, `factor`: fixed-size list of float32. */
export const ITEM_FACTORS_FILE = 'item_factors.arrow'
/** `user_id`, `factor` and optionally `seen`: lists of item-table rows. */
export const USER_FACTORS_FILE = 'user_factors.arrow'
