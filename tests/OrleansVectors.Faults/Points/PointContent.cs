using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OrleansVectors.Faults.Points;

/// <summary>
/// Payload and vector of a point as they follow from its id and the write. The number of the write stands in both (in the
/// payload as <c>n</c>, in the vector as its first component), and all the rest is made from it: a value that is mixed,
/// cut or of another point gives itself away.
/// </summary>
internal static class PointContent
{
    /// <summary>Numbers of writes stay below: they must fit a 32-bit float exactly.</summary>
    public const long NumberMax = 1 << 24;

    private const float NumberScale = 1f / 64;
    private const int RowsMax = 4;

    /// <summary>The JSON of a payload.</summary>
    public static string PayloadJson(ulong id, long write) => $$"""{"n":{{write}},"text":"{{Text(id, write)}}"}""";

    /// <summary>The JSON of a vector, or of its rows.</summary>
    public static string VectorJson(ulong id, long write, CollectionKind kind)
    {
        if (!kind.IsMulti)
            return RowJson(id, write, 0, kind.Dim);
        return $"[{string.Join(',', Enumerable.Range(0, Rows(id, write)).Select(row => RowJson(id, write, row, kind.Dim)))}]";
    }

    /// <summary>Reads a point that the server returned.</summary>
    /// <param name="point">A record with payload and vector.</param>
    /// <param name="kind">The collection's kind.</param>
    /// <param name="fault">What about it was never written, or null.</param>
    public static PointState Read(JsonElement point, CollectionKind kind, out string? fault)
    {
        fault = null;
        ulong id = point.GetProperty("id").GetUInt64();
        JsonElement payload = point.GetProperty("payload");
        JsonElement vector = point.GetProperty("vector");
        if (!payload.TryGetProperty("n", out JsonElement number) || vector.ValueKind != JsonValueKind.Array)
        {
            fault = $"point {id} is {point.GetRawText()}";
            return default;
        }

        PointState state = new(number.GetInt64(), ReadVector(vector, id, kind, out bool isWhole));
        if (payload.GetRawText() != PayloadJson(id, state.Payload))
            fault = $"point {id} has a payload nobody wrote: {payload.GetRawText()}";
        else if (!isWhole)
            fault = $"point {id} has a vector nobody wrote: {vector.GetRawText()}";
        return state;
    }

    /// <summary>The write a vector says it is of.</summary>
    /// <param name="vector">A vector or its rows.</param>
    /// <param name="id">The point.</param>
    /// <param name="kind">The collection's kind.</param>
    /// <param name="isWhole">Whether it is the vector of that write in every component.</param>
    public static long ReadVector(JsonElement vector, ulong id, CollectionKind kind, out bool isWhole)
    {
        JsonElement firstRow = kind.IsMulti ? vector[0] : vector;
        long write = (long)Math.Round(firstRow[0].GetSingle() / NumberScale);
        isWhole = SameVector(vector, id, write, kind);
        return write;
    }

    private static bool SameVector(JsonElement vector, ulong id, long write, CollectionKind kind)
    {
        if (!kind.IsMulti)
            return SameRow(vector, id, write, 0, kind.Dim);
        int rows = Rows(id, write);
        return vector.GetArrayLength() == rows
            && Enumerable.Range(0, rows).All(row => SameRow(vector[row], id, write, row, kind.Dim));
    }

    private static bool SameRow(JsonElement found, ulong id, long write, int row, int dim)
    {
        if (found.GetArrayLength() != dim)
            return false;
        int i = 0;
        foreach (JsonElement component in found.EnumerateArray())
        {
            if (component.GetSingle() != Component(id, write, row, i++))
                return false;
        }

        return true;
    }

    private static string RowJson(ulong id, long write, int row, int dim)
    {
        StringBuilder text = new("[");
        for (int i = 0; i < dim; i++)
            text.Append(i == 0 ? "" : ",").Append(Component(id, write, row, i).ToString(CultureInfo.InvariantCulture));
        return text.Append(']').ToString();
    }

    private static float Component(ulong id, long write, int row, int i)
        => i == 0 ? write * NumberScale : ((int)(Mix(id, write, (row * 1024) + i) % 2001) - 1000) / 8f;

    private static int Rows(ulong id, long write) => 1 + (int)(Mix(id, write, -1) % RowsMax);

    private static string Text(ulong id, long write) => new((char)('a' + (write % 26)), (int)((id + (ulong)write) % 60));

    private static ulong Mix(ulong id, long write, int place)
    {
        ulong x = (id * 0x9E3779B97F4A7C15UL) + ((ulong)write * 0xD1B54A32D192ED03UL) + (ulong)(uint)place;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
