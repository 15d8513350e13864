// The public JavaScript client, unmodified, against the built server: the calls its users make, and what they get back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { QdrantClient } from '@qdrant/js-client-rest';
import { startServer } from './server.mjs';

const uuid = '6f1d0a3e-7c54-4c1e-9b0f-2a5d8e4b7c91';
const cities = [
  { id: 1, vector: [1, 0, 0, 0], payload: { city: 'Berlin', population: 3.6, tags: ['capital', 'river'] } },
  { id: 2, vector: [0.9, 0.1, 0, 0], payload: { city: 'London', population: 8.9, tags: ['capital', 'river'] } },
  { id: 3, vector: [0, 1, 0, 0], payload: { city: 'Porto', population: 0.2, tags: ['river'] } },
  { id: 4, vector: [0, 0, 1, 0], payload: { city: 'Oslo', population: 0.7, tags: ['capital'] } },
  { id: 5, vector: [0.8, 0, 0.2, 0], payload: { city: 'Berlin', population: 3.7 } },
];
const inCity = name => ({ must: [{ key: 'city', match: { value: name } }] });
const idsOf = points => points.map(point => point.id);

let server;
let client;
const warnings = [];

before(async () => {
  server = await startServer();
  const warn = console.warn;
  console.warn = (...words) => { warnings.push(words.join(' ')); };
  client = new QdrantClient({ url: server.url });
  await client.versionInfo();
  await delay(100); // the client's own compatibility check runs on its own; let it finish
  console.warn = warn;
});

after(async () => {
  if (!server) {
    return; // it never started, and `before` has said why
  }
  const { endedInTime, exitCode, output } = await server.stop();
  assert.ok(endedInTime && exitCode === 0, `the server did not end well on SIGTERM, exit code ${exitCode}:\n${output}`);
});

// Each test starts from a collection with the five cities, so that one failure does not fail the ones after it.
function testWithCities(name, body) {
  test(name, async () => {
    const collection = `cities-${name.replaceAll(/\W+/g, '-')}`;
    await client.createCollection(collection, { vectors: { size: 4, distance: 'Cosine' } });
    await client.upsert(collection, { wait: true, points: cities });
    await body(collection);
    await client.deleteCollection(collection);
  });
}

test('the client finds the server compatible', () => assert.deepEqual(warnings, []));

test('a collection is created, described, listed and deleted', async () => {
  assert.equal(await client.createCollection('life', { vectors: { size: 4, distance: 'Cosine' }, hnsw_config: { m: 8 } }), true);
  assert.deepEqual(await client.collectionExists('life'), { exists: true });
  assert.ok((await client.getCollections()).collections.some(collection => collection.name === 'life'));
  const info = await client.getCollection('life');
  assert.equal(info.status, 'green');
  assert.equal(info.points_count, 0);
  assert.equal(info.config.params.vectors.size, 4);
  assert.equal(info.config.params.vectors.distance, 'Cosine');
  assert.equal(info.config.hnsw_config.m, 8);
  assert.equal(await client.deleteCollection('life'), true);
  assert.deepEqual(await client.collectionExists('life'), { exists: false });
});

test('creating a collection twice is a conflict', async () => {
  await client.createCollection('twice', { vectors: { size: 4, distance: 'Dot' } });
  await assert.rejects(client.createCollection('twice', { vectors: { size: 4, distance: 'Dot' } }), { status: 409 });
  assert.equal(await client.recreateCollection('twice', { vectors: { size: 8, distance: 'Dot' } }), true);
  assert.equal((await client.getCollection('twice')).config.params.vectors.size, 8);
});

testWithCities('upsert answers completed and replaces what was there', async collection => {
  const answer = await client.upsert(collection, {
    wait: true,
    points: [{ id: 1, vector: [0, 0, 0, 1], payload: { city: 'Bern' } }, { id: uuid, vector: [0, 0, 1, 1] }],
  });
  assert.equal(answer.status, 'completed');
  const points = await client.retrieve(collection, { ids: [1, uuid, 99], with_vector: true });
  assert.deepEqual(idsOf(points).sort(), [1, uuid].sort());
  const first = points.find(point => point.id === 1);
  assert.deepEqual(first.payload, { city: 'Bern' });
  assert.deepEqual(first.vector, [0, 0, 0, 1]);
});

testWithCities('upsert takes columns', async collection => {
  await client.upsert(collection, {
    wait: true,
    batch: { ids: [10, 11], vectors: [[1, 1, 0, 0], [0, 1, 1, 0]], payloads: [{ city: 'Rome' }, { city: 'Pisa' }] },
  });
  assert.deepEqual((await client.retrieve(collection, { ids: [11] }))[0].payload, { city: 'Pisa' });
});

testWithCities('a query returns the nearest first, with its score', async collection => {
  const { points } = await client.query(collection, { query: [1, 0, 0, 0], limit: 3, with_payload: true });
  assert.deepEqual(idsOf(points), [1, 2, 5]);
  assert.ok(Math.abs(points[0].score - 1) < 1e-5, `score ${points[0].score}`);
  assert.ok(points[0].score > points[1].score && points[1].score > points[2].score);
  assert.equal(points[0].payload.city, 'Berlin');
});

testWithCities('a query with a filter returns only what matches', async collection => {
  const berlin = await client.query(collection, { query: [1, 0, 0, 0], filter: inCity('Berlin'), limit: 10 });
  assert.deepEqual(idsOf(berlin.points), [1, 5]);
  const large = await client.query(collection, {
    query: [1, 0, 0, 0],
    filter: { must: [{ key: 'population', range: { gte: 3 } }], must_not: [{ has_id: [5] }] },
  });
  assert.deepEqual(idsOf(large.points), [1, 2]);
  const tagged = await client.query(collection, {
    query: [1, 0, 0, 0],
    filter: { should: [{ key: 'tags', match: { any: ['capital'] } }, { is_empty: { key: 'tags' } }] },
  });
  assert.deepEqual(idsOf(tagged.points), [1, 2, 5, 4]);
});

testWithCities('a query takes an id, a threshold, an offset and search parameters', async collection => {
  const byId = await client.query(collection, { query: 1, limit: 2 });
  assert.deepEqual(idsOf(byId.points), [2, 5]);
  const near = await client.query(collection, { query: [1, 0, 0, 0], score_threshold: 0.9 });
  assert.deepEqual(idsOf(near.points), [1, 2, 5]);
  const second = await client.query(collection, {
    query: { nearest: [1, 0, 0, 0] }, offset: 1, limit: 1, with_vector: true, params: { exact: true, hnsw_ef: 64 },
  });
  assert.deepEqual(idsOf(second.points), [2]);
  assert.equal(second.points[0].vector.length, 4);
});

testWithCities('a batch of queries is answered in order', async collection => {
  const answers = await client.queryBatch(collection, {
    searches: [{ query: [0, 1, 0, 0], limit: 1 }, { query: [0, 0, 1, 0], limit: 1, filter: inCity('Oslo') }],
  });
  assert.deepEqual(answers.map(answer => idsOf(answer.points)), [[3], [4]]);
});

testWithCities('scroll goes through all points page by page', async collection => {
  const seen = [];
  let offset;
  do {
    const page = await client.scroll(collection, { limit: 2, offset });
    seen.push(...page.points);
    offset = page.next_page_offset ?? undefined;
  } while (offset !== undefined);
  assert.deepEqual(idsOf(seen), [1, 2, 3, 4, 5]);
  assert.equal(seen[2].payload.city, 'Porto');
  const filtered = await client.scroll(collection, { filter: inCity('Berlin'), with_payload: ['population'] });
  assert.deepEqual(filtered.points.map(point => point.payload), [{ population: 3.6 }, { population: 3.7 }]);
});

testWithCities('count is of all points or of those that match', async collection => {
  assert.deepEqual(await client.count(collection), { count: 5 });
  assert.deepEqual(await client.count(collection, { filter: inCity('Berlin'), exact: true }), { count: 2 });
});

testWithCities('payload is set, overwritten, deleted and cleared', async collection => {
  const payloadOf = async id => (await client.retrieve(collection, { ids: [id] }))[0].payload;
  await client.setPayload(collection, { payload: { country: 'Norway' }, points: [4] });
  assert.deepEqual(await payloadOf(4), { city: 'Oslo', population: 0.7, tags: ['capital'], country: 'Norway' });
  await client.setPayload(collection, { payload: { seen: true }, filter: inCity('Berlin') });
  assert.deepEqual(await client.count(collection, { filter: { must: [{ key: 'seen', match: { value: true } }] } }), { count: 2 });
  await client.overwritePayload(collection, { payload: { city: 'Kristiania' }, points: [4] });
  assert.deepEqual(await payloadOf(4), { city: 'Kristiania' });
  await client.deletePayload(collection, { keys: ['tags', 'population'], points: [3] });
  assert.deepEqual(await payloadOf(3), { city: 'Porto' });
  await client.clearPayload(collection, { points: [3] });
  assert.deepEqual(await payloadOf(3) ?? {}, {});
});

testWithCities('points are deleted by id and by filter', async collection => {
  assert.equal((await client.delete(collection, { wait: true, points: [1] })).status, 'completed');
  assert.deepEqual(await client.retrieve(collection, { ids: [1] }), []);
  await client.delete(collection, { wait: true, filter: inCity('Berlin') });
  assert.deepEqual(idsOf((await client.query(collection, { query: [1, 0, 0, 0] })).points), [2, 3, 4]);
});

testWithCities('a batch of updates is applied in order', async collection => {
  const answers = await client.batchUpdate(collection, {
    operations: [
      { upsert: { points: [{ id: 20, vector: [0, 0, 0, 1] }] } },
      { set_payload: { payload: { city: 'Graz' }, points: [20] } },
      { delete: { points: [2] } },
    ],
  });
  assert.equal(answers.length, 3);
  assert.deepEqual((await client.retrieve(collection, { ids: [2, 20] })).map(point => point.payload), [{ city: 'Graz' }]);
});

testWithCities('a payload index is created, shown and deleted', async collection => {
  await client.createPayloadIndex(collection, { wait: true, field_name: 'city', field_schema: 'keyword' });
  assert.equal((await client.getCollection(collection)).payload_schema.city.data_type, 'keyword');
  assert.deepEqual(await client.count(collection, { filter: inCity('Berlin') }), { count: 2 });
  await client.deletePayloadIndex(collection, 'city');
  assert.deepEqual((await client.getCollection(collection)).payload_schema, {});
});

testWithCities('an alias stands for its collection', async collection => {
  const alias = `alias-of-${collection}`;
  await client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: collection, alias_name: alias } }] });
  assert.deepEqual((await client.getCollectionAliases(collection)).aliases, [{ alias_name: alias, collection_name: collection }]);
  assert.deepEqual(await client.count(alias), { count: 5 });
  await client.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: alias } }] });
  await assert.rejects(client.count(alias), { status: 404 });
});

test('named vectors are searched, updated and deleted one by one', async () => {
  await client.createCollection('named', {
    vectors: { title: { size: 2, distance: 'Dot' }, image: { size: 3, distance: 'Euclid' } },
  });
  await client.upsert('named', {
    wait: true,
    points: [
      { id: 1, vector: { title: [1, 0], image: [0, 0, 0] } },
      { id: 2, vector: { title: [0, 1], image: [3, 4, 0] } },
    ],
  });
  const byImage = await client.query('named', { query: [0, 0, 0], using: 'image' });
  assert.deepEqual(byImage.points.map(point => [point.id, point.score]), [[1, 0], [2, 5]]);
  await client.updateVectors('named', { points: [{ id: 1, vector: { title: [0, 3] } }] });
  assert.deepEqual(idsOf((await client.query('named', { query: [0, 1], using: 'title' })).points), [1, 2]);
  await client.deleteVectors('named', { vector: ['title'], points: [1] });
  assert.deepEqual(idsOf((await client.query('named', { query: [0, 1], using: 'title' })).points), [2]);
  const [left] = await client.retrieve('named', { ids: [1], with_vector: true });
  assert.deepEqual(left.vector, { image: [0, 0, 0] });
});

testWithCities('a mistake is refused with its reason and stores nothing', async collection => {
  const reason = text => error => {
    assert.match(error.data.status.error, text);
    return true;
  };
  await assert.rejects(
    client.upsert(collection, { wait: true, points: [{ id: 30, vector: [1, 0, 0, 0] }, { id: 31, vector: [1, 0, 0] }] }),
    reason(/expected dim: 4, got 3/));
  assert.deepEqual(await client.count(collection), { count: 5 });
  await assert.rejects(client.query('nowhere', { query: [1, 0, 0, 0] }), reason(/`nowhere` doesn't exist/));
  await assert.rejects(client.query(collection, { query: [1, 0, 0, 0], using: 'nobody' }), reason(/nobody/));
});

test('codes are switched on a live collection and shown again', async () => {
  await client.createCollection('codes', { vectors: { size: 4, distance: 'Cosine' } });
  await client.upsert('codes', { wait: true, points: cities });
  const kinds = [
    { scalar: { type: 'int8', quantile: 0.99, always_ram: true } },
    { product: { compression: 'x16' } },
    { binary: { encoding: 'two_bits', query_encoding: 'scalar8bits' } },
    { turbo: { bits: 'bits4' } },
  ];
  for (const quantization_config of kinds) {
    assert.equal(await client.updateCollection('codes', { quantization_config }), true);
    assert.deepEqual((await client.getCollection('codes')).config.quantization_config, quantization_config);
    const params = { quantization: { ignore: false, rescore: true, oversampling: 2 } };
    assert.deepEqual(idsOf((await client.query('codes', { query: [1, 0, 0, 0], limit: 1, params })).points), [1]);
  }
  await client.updateCollection('codes', { quantization_config: 'Disabled' });
  assert.equal((await client.getCollection('codes')).config.quantization_config ?? null, null);
  await client.deleteCollection('codes');
});

testWithCities('payload indexes with parameters count their points', async collection => {
  await client.createPayloadIndex(collection, { field_name: 'city', field_schema: { type: 'keyword', is_tenant: true }, wait: true });
  await client.createPayloadIndex(collection, { field_name: 'population', field_schema: 'float', wait: true });
  const schema = (await client.getCollection(collection)).payload_schema;
  assert.deepEqual([schema.city.data_type, schema.city.points], ['keyword', 5]);
  assert.equal(schema.city.params.is_tenant, true);
  assert.deepEqual([schema.population.data_type, schema.population.points], ['float', 5]);
  const found = await client.query(collection, { query: [1, 0, 0, 0], filter: inCity('Berlin') });
  assert.deepEqual(idsOf(found.points), [1, 5]);
  await client.deletePayloadIndex(collection, 'city');
  assert.equal((await client.getCollection(collection)).payload_schema.city, undefined);
  assert.deepEqual(idsOf((await client.query(collection, { query: [1, 0, 0, 0], filter: inCity('Berlin') })).points), [1, 5]);
});

test('multi-vectors are stored, given back and found by late interaction', async () => {
  const vectors = { size: 2, distance: 'Dot', multivector_config: { comparator: 'max_sim' } };
  await client.createCollection('rows', { vectors });
  await client.upsert('rows', {
    wait: true,
    points: [{ id: 1, vector: [[1, 0], [0, 1]] }, { id: 2, vector: [[2, 0]] }, { id: 3, vector: [[0, 3]] }],
  });
  assert.deepEqual((await client.getCollection('rows')).config.params.vectors, vectors);
  const { points } = await client.query('rows', { query: [[1, 0], [0, 1]], with_vector: true });
  assert.deepEqual(points.map(point => [point.id, point.score]), [[3, 3], [1, 2], [2, 2]]);
  assert.deepEqual(points[1].vector, [[1, 0], [0, 1]]);
  await client.deleteCollection('rows');
});

test('float16 and uint8 vectors are given back as they are stored', async () => {
  await client.createCollection('small', {
    vectors: { half: { size: 2, distance: 'Euclid', datatype: 'float16' }, byte: { size: 2, distance: 'Dot', datatype: 'uint8' } },
  });
  await client.upsert('small', { wait: true, points: [{ id: 1, vector: { half: [0.1, 2049], byte: [0, 255] } }] });
  const [point] = await client.retrieve('small', { ids: [1], with_vector: true });
  assert.deepEqual(point.vector, { half: [0.099975586, 2048], byte: [0, 255] });
  await assert.rejects(
    client.upsert('small', { points: [{ id: 2, vector: { byte: [0, 256] } }] }),
    error => error.status === 422 && /integer from 0 to 255/.test(JSON.stringify(error.data)));
  await client.deleteCollection('small');
});
