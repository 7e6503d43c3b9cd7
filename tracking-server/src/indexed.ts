/** Values of parameters, tags and metadata are indexed by so many characters; see the migrations. */
export const INDEXED = 100
