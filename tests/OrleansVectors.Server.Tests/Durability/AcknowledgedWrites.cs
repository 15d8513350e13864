using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace OrleansVectors.Server.Tests.Durability;

/// <summary>
/// One client that overwrites points of its own in random batches and remembers what was acknowledged. A batch whose
/// answer never came may be there or not, but whole.
/// </summary>
/// <remarks>What a point holds follows from its id and the batch that wrote it, so the number of the batch is all there is to remember.</remarks>
internal sealed class AcknowledgedWrites(string collection, int writer, int seed)
{
    private const int Ids = 2_000;
    private const int BatchMax = 250;
    private const int Dim = 16;

    private readonly Random _random = new(seed);
    private readonly Dictionary<ulong, int> _acknowledged = [];
    private HashSet<ulong> _pending = [];
    private int _batch;

    /// <summary>Batches that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Writes batches until the server dies.</summary>
    public async Task WriteUntilKilledAsync(HttpClient http)
    {
        while (true)
        {
            _batch++;
            _pending = [.. Enumerable.Range(0, 1 + _random.Next(BatchMax)).Select(_ => (ulong)((_random.Next(Ids) * 16) + writer))];
            try
            {
                using StringContent body = new(Body(), Encoding.UTF8, "application/json");
                using HttpResponseMessage answer = await http.PutAsync($"collections/{collection}/points?wait=true", body);
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            }
            catch (Exception death) when (death is HttpRequestException or IOException or TaskCanceledException)
            {
                return;
            }

            Acknowledged++;
            Settle();
        }
    }

    /// <summary>Requires every acknowledged point, and the last batch whole or not at all.</summary>
    public async Task CheckAsync(HttpClient http, string where)
    {
        ulong[] ids = [.. _acknowledged.Keys.Union(_pending)];
        if (ids.Length == 0)
        {
            return;
        }

        using HttpResponseMessage answer = await http.PostAsJsonAsync(
            $"collections/{collection}/points", new { ids, with_payload = true, with_vector = true });
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        Dictionary<ulong, JsonElement> found = document.RootElement.GetProperty("result").EnumerateArray()
            .ToDictionary(point => point.GetProperty("id").GetUInt64());
        int arrived = _pending.Count(id => found.TryGetValue(id, out JsonElement point) && BatchOf(point) == _batch);
        Assert.True(arrived == 0 || arrived == _pending.Count, $"{where}: {arrived} of the {_pending.Count} points of one batch");
        if (arrived > 0)
        {
            Settle();
        }

        foreach ((ulong id, int batch) in _acknowledged)
        {
            Assert.True(found.TryGetValue(id, out JsonElement point), $"{where}: point {id} of batch {batch} is lost");
            Assert.True(BatchOf(point) == batch, $"{where}: point {id} is of batch {BatchOf(point)}, not {batch}");
            Assert.True(point.GetProperty("payload").GetProperty("text").GetString() == Text(id, batch), $"{where}: payload of {id}");
            float[] vector = [.. point.GetProperty("vector").EnumerateArray().Select(value => value.GetSingle())];
            Assert.True(vector.AsSpan().SequenceEqual(Vector(id, batch)), $"{where}: vector of {id}");
        }

        _pending = [];
    }

    private static int BatchOf(JsonElement point) => point.GetProperty("payload").GetProperty("batch").GetInt32();

    private static string Text(ulong id, int batch) => new((char)('a' + (batch % 26)), (int)(id % 90));

    private static float[] Vector(ulong id, int batch)
        => [.. Enumerable.Range(0, Dim).Select(i => ((((long)id * 31) + (batch * 17) + i) % 1000) / 8f)];

    private void Settle()
    {
        foreach (ulong id in _pending)
        {
            _acknowledged[id] = _batch;
        }

        _pending = [];
    }

    private string Body()
    {
        StringBuilder body = new("{\"points\":[");
        foreach (ulong id in _pending)
        {
            string vector = string.Join(',', Vector(id, _batch).Select(value => value.ToString(CultureInfo.InvariantCulture)));
            body.Append(CultureInfo.InvariantCulture, $"{{\"id\":{id},\"vector\":[{vector}],\"payload\":{{\"batch\":{_batch},\"text\":\"{Text(id, _batch)}\"}}}},");
        }

        body.Length--;
        return body.Append("]}").ToString();
    }
}
