/**
 * A model whose score for (user, item) is a dot product: row-major factors, `dimensions` wide, rows in the order of
 * the interactions' id maps.
 */
export interface FactorModel {
  readonly dimensions: number
  readonly userFactors: Float32Array
  readonly itemFactors: Float32Array
}
