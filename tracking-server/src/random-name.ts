import { randomInt } from 'node:crypto'

const ADJECTIVES =
  'able agile amber ample ardent bold brave breezy bright brisk calm candid clever copper crisp dapper deft eager early earnest fair fancy fleet fond frank gentle glad golden grand hardy honest jolly keen kind lively loyal lucid lunar mellow merry mighty modest nimble noble placid polite proud quick quiet rapid rare ready robust rustic silent silver smooth snug solar spry stately steady sunny sturdy subtle swift tidy upbeat valiant vivid warm wise witty zesty'.split(
    ' ',
  )
const NOUNS =
  'acorn badger beacon birch bison bobcat breeze canyon cedar cicada comet condor coral crane creek crow dahlia delta dingo eagle egret elk elm ember falcon fern finch fjord fox gazelle gecko glade grove gull harbor hare heron ibis iris island jay juniper kestrel koala lagoon lark lemur lily linnet lynx magpie maple marten meadow mesa moose moth newt oak orca osprey otter owl panda pine plover puffin quail raven reef robin sable salmon seal shrew sparrow spruce stoat stork swan thrush tiger toucan tulip turtle vole walrus willow wren yak'.split(
    ' ',
  )

/** Default name of a run or model, such as `brisk-heron-42`. */
export const randomName = () => `${pick(ADJECTIVES)}-${pick(NOUNS)}-${randomInt(1000)}`

const pick = (words: readonly string[]) => words[randomInt(words.length)]!
