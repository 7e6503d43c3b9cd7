import { crc32, deflateRawSync } from 'node:zlib'

export type Files = Readonly<Record<string, string | Buffer>>

const CSV: Files = {
  'ratings.csv':
    'userId,movieId,rating,timestamp\n1,10,4.5,964982703\n1,20,0.5,964982931\n2,10,5.0,1260759144\n',
  'movies.csv': [
    'movieId,title,genres',
    '10,"American President, The (1995)",Comedy|Drama',
    '20,"She said ""no"" (2001-2003)",(no genres listed)',
    '30,Untitled,IMAX',
    '',
  ].join('\n'),
  'links.csv': 'movieId,imdbId,tmdbId\n10,0112346,9087\n20,12345678,\n30,42,5\n',
  'tags.csv': 'userId,movieId,tag,timestamp\n1,10,"a ""great"" film, yes",1445714994\n2,20,한글,1445714996\n',
}
const README = (edition: string) =>
  `Summary\n=======\n\nThis dataset (${edition}) describes 5-star rating activity. It contains 3 ratings and 2 tag ` +
  'applications across 3 movies. These data were created by 2 users.\n'
const RATINGS_DAT = '1::10::5::978300760\n1::20::3::978302109\n2::10::1::978301968\n'

/** A tiny made-up edition of each kind, in the format of its archive. */
export const TINY_EDITIONS: Readonly<Record<string, Files>> = {
  'ml-32m': { ...CSV, 'README.txt': README('ml-32m') },
  'ml-25m': { ...CSV, 'README.txt': README('ml-25m'), 'genome-scores.csv': 'movieId,tagId,relevance\n' },
  'ml-20m': { ...CSV, 'README.txt': README('ml-20m') },
  'ml-latest': { ...CSV, 'README.html': README('ml-latest') },
  'ml-latest-small': { ...CSV, 'README.txt': README('ml-latest-small') },
  'ml-10m': {
    'ratings.dat': '1::10::4.5::838985046\n1::20::0.5::838983525\n2::10::5::838983392\n',
    'movies.dat':
      '10::"Great" President, The (1995)::Comedy|Drama\n20::Misérables, Les (1998)::Drama\n30::X::IMAX\n',
    'tags.dat': '15::10::excellent!::1215184630\n20::20::a "b" c::1188263867\n',
  },
  'ml-1m': {
    'ratings.dat': RATINGS_DAT,
    'movies.dat': Buffer.from(
      '10::American President, The (1995)::Comedy|Drama\n20::Misérables, Les (1998)::Drama\n30::X (2000)::War\n',
      'latin1',
    ),
    'users.dat': '1::F::1::10::48067\n2::M::56::16::70072\n',
  },
  'ml-100k': {
    'u.data': '1\t10\t5\t881250949\n1\t20\t3\t891717742\n2\t10\t1\t878887116\n',
    'u.item': Buffer.from(
      [
        '10|American President, The (1995)|01-Jan-1995||http://x/|0|0|0|0|0|1|0|0|1|0|0|0|0|0|0|0|0|0|0',
        '20|Misérables, Les (1998)|01-Jan-1998||http://x/|0|0|0|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0',
        '30|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0',
        '',
      ].join('\n'),
      'latin1',
    ),
    'u1.base': 'ignored',
  },
}

interface ZipFault {
  /** False header fields of an entry. */
  readonly claims?: { readonly size?: number; readonly crc?: number; readonly flags?: number }
}

/** A zip archive of the files, below `folder` if given; `claims` makes it invalid. */
export function zipOf(files: Files, folder = '', { claims = {} }: ZipFault = {}): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const path = Buffer.from(folder ? `${folder}/${name}` : name)
    const plain = Buffer.from(content as string)
    const packed = deflateRawSync(plain)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(claims.flags ?? 0x800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(claims.crc ?? crc32(plain), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(claims.size ?? plain.length, 18)
    common.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, path]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(central.length, 8)
  end.writeUInt16LE(central.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}
