import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { assertBlobKey, type BlobStore } from "./blob-store.ts";

export interface S3BlobStoreOptions {
  readonly bucket: string;
  /** Put before every key, for a bucket that is shared; without a trailing slash. */
  readonly prefix?: string;
  readonly region?: string;
  /** For services other than AWS. */
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
}

/** Blobs as objects of an S3 bucket. The client library is loaded only here: it is large and most servers never need it. */
export async function createS3BlobStore(options: S3BlobStoreOptions): Promise<BlobStore & { close(): void }> {
  const sdk = await import("@aws-sdk/client-s3");
  const config: S3ClientConfig = {
    region: options.region ?? "us-east-1",
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.forcePathStyle === undefined ? {} : { forcePathStyle: options.forcePathStyle }),
    // Services other than AWS reject the checksum trailers that newer clients send by default.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  };
  const client: S3Client = new sdk.S3Client(config);
  const objectKey = (key: string): string => {
    assertBlobKey(key);
    return options.prefix === undefined ? key : `${options.prefix}/${key}`;
  };
  return {
    async put(key, bytes) {
      await client.send(new sdk.PutObjectCommand({ Bucket: options.bucket, Key: objectKey(key), Body: bytes }));
    },
    async get(key) {
      try {
        const answer = await client.send(new sdk.GetObjectCommand({ Bucket: options.bucket, Key: objectKey(key) }));
        return answer.Body === undefined ? Buffer.alloc(0) : Buffer.from(await answer.Body.transformToByteArray());
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return undefined;
        throw error;
      }
    },
    async putFile(key, path) {
      const { size } = await stat(path);
      const object = { Bucket: options.bucket, Key: objectKey(key), ContentLength: size };
      await client.send(new sdk.PutObjectCommand({ ...object, Body: createReadStream(path) }));
    },
    async getFile(key, path) {
      try {
        const answer = await client.send(new sdk.GetObjectCommand({ Bucket: options.bucket, Key: objectKey(key) }));
        await pipeline((answer.Body ?? Readable.from([])) as Readable, createWriteStream(path, { flags: "wx" }));
        return true;
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return false;
        throw error;
      }
    },
    async getRange(key, from, to) {
      if (from >= to) return Buffer.alloc(0);
      const Range = `bytes=${from}-${to - 1}`;
      try {
        const answer = await client.send(
          new sdk.GetObjectCommand({ Bucket: options.bucket, Key: objectKey(key), Range }),
        );
        return answer.Body === undefined ? Buffer.alloc(0) : Buffer.from(await answer.Body.transformToByteArray());
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return undefined;
        // Nothing is left from there on. Source: RFC 9110, 416 Range Not Satisfiable.
        if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 416)
          return Buffer.alloc(0);
        throw error;
      }
    },
    async remove(key) {
      await client.send(new sdk.DeleteObjectCommand({ Bucket: options.bucket, Key: objectKey(key) }));
    },
    close() {
      client.destroy();
    },
  };
}
