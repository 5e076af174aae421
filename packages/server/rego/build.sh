#!/bin/sh
# Builds opa.wasm.br from main.go: needs Go and Node, and nothing of this machine gets into the result.
set -eu
cd "$(dirname "$0")"
GOOS=wasip1 GOARCH=wasm CGO_ENABLED=0 go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags="-s -w -buildid=" -o opa.wasm .
node -e '
const { readFileSync, writeFileSync, rmSync } = require("node:fs");
const { brotliCompressSync, constants } = require("node:zlib");
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
writeFileSync("opa.wasm.br", brotliCompressSync(readFileSync("opa.wasm"), { params }));
rmSync("opa.wasm");'
