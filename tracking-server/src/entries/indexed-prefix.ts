/** Length of the prefix by which values of parameters, tags and metadata are indexed, in characters; see the migrations. */
export const INDEXED_PREFIX = 100
