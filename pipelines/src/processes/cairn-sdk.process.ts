/** `@cairn/sdk/run` in one file, which scripts for Node import without installing it. */
// biome-ignore lint/performance/noBarrelFile: the build makes one file of it
export * from '@cairn/sdk/run'
