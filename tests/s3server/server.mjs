// The S3 server of the blob stores' tests: s3rver, and over it what S3 promises and s3rver does not keep. Objects are replaced
// in one step and only by whole requests, listings are in the order of the keys, unfinished uploads can be aborted, and with
// --conditions `If-None-Match: *` is honoured (without, it is ignored, as by several stores of today).
//
// node server.mjs FOLDER BUCKET [--conditions]
// Prints its port on the loopback interface and ends with its standard input.
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const require = createRequire(import.meta.url);
const crypto = require('node:crypto');

// s3rver hides the key in a page's token with DES, which today's Node has no more. It need not be hidden.
const plain = { update: text => Buffer.from(text), final: () => Buffer.alloc(0) };
for (const name of ['createCipheriv', 'createDecipheriv']) {
  const real = crypto[name];
  crypto[name] = (algorithm, ...rest) => (algorithm === 'des' ? plain : real(algorithm, ...rest));
}

const S3rver = require('s3rver');
const S3Error = require('s3rver/lib/models/error');
const FilesystemStore = require('s3rver/lib/stores/filesystem');

const [folder, bucket, ...flags] = process.argv.slice(2);
const conditions = flags.includes('--conditions');
const incoming = path.join(folder, 'incoming');
const buckets = path.join(folder, 'buckets');
await mkdir(incoming, { recursive: true });
await mkdir(buckets, { recursive: true });

class WholeObjects extends FilesystemStore {
  #last = Promise.resolve();

  // One at a time: an object here is three files, and whoever reads it must see all three of one version.
  #alone(work) {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  getObject(...args) {
    return this.#alone(() => super.getObject(...args));
  }

  deleteObject(...args) {
    return this.#alone(() => super.deleteObject(...args));
  }

  async putObject(object) {
    const temporary = path.join(incoming, crypto.randomUUID());
    const hash = crypto.createHash('md5');
    let size = 0;
    const count = new Transform({
      transform(chunk, encoding, done) {
        hash.update(chunk);
        size += chunk.length;
        done(null, chunk);
      },
    });
    try {
      if (Buffer.isBuffer(object.content)) {
        hash.update(object.content);
        size = object.content.length;
        await writeFile(temporary, object.content);
      } else {
        await pipeline(object.content, count, createWriteStream(temporary));
      }
      const md5 = hash.digest('hex');
      await this.#alone(async () => {
        const onlyNew = conditions && object.content.headers?.['if-none-match'] === '*';
        if (onlyNew && (await this.existsObject(object.bucket, object.key))) {
          throw new S3Error('PreconditionFailed', 'There is an object of that key.');
        }
        const target = this.getResourcePath(object.bucket, object.key, 'object');
        await mkdir(path.dirname(target), { recursive: true });
        await rename(temporary, target);
        await this.putMetadata(object.bucket, object.key, object.metadata, md5);
      });
      return { size, md5 };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async listObjects(name, { startAfter = '', maxKeys = Infinity, ...options }) {
    const all = await this.#alone(() => super.listObjects(name, options));
    const after = all.objects
      .filter(object => object.key > startAfter)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return { ...all, objects: after.slice(0, maxKeys), isTruncated: after.length > maxKeys };
  }
}

const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, vhostBuckets: false, directory: buckets });
server.store = server.context.store = new WholeObjects(buckets);
await server.store.putBucket(bucket);
server.on('error', () => {});

server.middleware.unshift(async (ctx, next) => {
  const { uploadId } = ctx.query;
  if (ctx.method !== 'DELETE' || !/^[0-9a-f]{32}$/.test(uploadId ?? '')) {
    return next();
  }
  const uploads = server.store.getResourcePath(ctx.path.split('/')[1], undefined, 'uploads');
  await rm(path.join(uploads, uploadId), { recursive: true, force: true });
  ctx.status = 204;
});

const { port } = await server.run();
process.stdin.resume().on('end', () => process.exit(0));
console.log(port);
