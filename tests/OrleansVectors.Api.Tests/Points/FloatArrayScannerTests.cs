using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansVectors.Api.Json.Points;

namespace OrleansVectors.Api.Tests.Points;

/// <summary>The scanner against System.Text.Json (which arrays) and float.Parse (which floats).</summary>
public sealed class FloatArrayScannerTests
{
    [Theory]
    [InlineData("[]")]
    [InlineData("[0]")]
    [InlineData("[-0]")]
    [InlineData("[1]")]
    [InlineData("[ 1 ,\t2\r\n, 3 ]")]
    [InlineData("[0.1,0.25,-0.5,1e3,1E+2,1.5e-7]")]
    [InlineData("[3.4028235e38,-3.4028235e38]")]
    [InlineData("[3.40282356e38]")]
    [InlineData("[1.17549435e-38,1.1754943e-38,1e-45,1e-46,7e-46,1e-400,0e999999999999]")]
    [InlineData("[0.03841234371066093,0.00012345678901234567,0.000000000000000000000000000001234567890123456789]")]
    [InlineData("[123456789012345678901234567890,1234567890123456789,0.12345678901234567890123456789]")]
    [InlineData("[16777217,16777219,33554434.5,1.00000017881393432617187499,1.00000017881393432617187500,1.00000017881393432617187501]")]
    [InlineData("[8.5899345920000000e9,9007199791611905]")]
    public void An_array_of_numbers_gives_the_floats_of_the_library(string json)
    {
        Check(Encoding.UTF8.GetBytes(json), json);
        Assert.True(TryScan(Encoding.UTF8.GetBytes(json), out _), json);
    }

    [Theory]
    [InlineData("[1,,2]")]
    [InlineData("[01]")]
    [InlineData("[-01]")]
    [InlineData("[00]")]
    [InlineData("[1.]")]
    [InlineData("[+1]")]
    [InlineData("[.5]")]
    [InlineData("[-]")]
    [InlineData("[-.5]")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[,]")]
    [InlineData("[1 2]")]
    [InlineData("[1e]")]
    [InlineData("[1e+]")]
    [InlineData("[1.e5]")]
    [InlineData("[1..5]")]
    [InlineData("[0x10]")]
    [InlineData("[1_000]")]
    [InlineData("[NaN]")]
    [InlineData("[Infinity]")]
    [InlineData("[-Infinity]")]
    [InlineData("[nan]")]
    [InlineData("[1e39]")]
    [InlineData("[-1e39]")]
    [InlineData("[1e400]")]
    [InlineData("[3.4028236e38]")]
    [InlineData("[1e99999999999999999999]")]
    [InlineData("[[1]]")]
    [InlineData("[\"1\"]")]
    [InlineData("[null]")]
    [InlineData("[true]")]
    [InlineData("[{}]")]
    [InlineData("[1")]
    [InlineData("[1,")]
    [InlineData("[")]
    [InlineData("[12345678")]
    [InlineData("[1}")]
    [InlineData("[1//\n]")]
    [InlineData("[1\u00a0]")]
    [InlineData("[1\f]")]
    [InlineData("[\uff11]")]
    public void Anything_else_is_declined(string json)
        => Assert.False(TryScan(Encoding.UTF8.GetBytes(json), out _), json);

    [Fact]
    public void A_count_over_the_bound_is_declined()
    {
        using var arena = new FloatArena();
        Assert.True(FloatArrayScanner.TryScan("[1,2,3]"u8, 1, 3, arena, out _, out _));
        Assert.False(FloatArrayScanner.TryScan("[1,2,3]"u8, 1, 2, arena, out _, out _));
    }

    [Fact]
    public void Random_numbers_in_every_spelling_agree_with_the_library()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int round = 0; round < 2_000; round++)
        {
            text.Clear().Append('[');
            int count = random.Next(1, 40);
            for (int i = 0; i < count; i++)
                text.Append(i == 0 ? "" : random.Next(3) == 0 ? " , " : ",").Append(RandomNumber(random));
            text.Append(']');
            Check(Encoding.UTF8.GetBytes(text.ToString()), $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void Numbers_at_the_middle_between_two_floats_agree_with_the_library()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int round = 0; round < 3_000; round++)
        {
            float below = BitConverter.UInt32BitsToSingle((uint)random.Next(1 << 23, 0x7F000000));
            double middle = ((double)below + MathF.BitIncrement(below)) / 2;
            double near = round % 3 == 0 ? middle : round % 3 == 1 ? Math.BitIncrement(middle) : Math.BitDecrement(middle);
            string json = string.Create(CultureInfo.InvariantCulture, $"[{near:R},{near:E18},{-near:R}]");
            Check(Encoding.UTF8.GetBytes(json), $"seed {seed}, round {round}: {json}");
        }
    }

    [Fact]
    public void Random_damage_is_judged_as_the_library_judges_it()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        ReadOnlySpan<byte> alphabet = "0123456789.-+eE,[]{}\" \t\n:NaIn"u8;
        for (int round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder("[");
            int count = random.Next(0, 5);
            for (int i = 0; i < count; i++)
                text.Append(i == 0 ? "" : ",").Append(RandomNumber(random));
            byte[] json = Encoding.UTF8.GetBytes(text.Append(']').ToString());
            int changes = random.Next(1, 3);
            for (int i = 0; i < changes; i++)
            {
                int at = random.Next(1, json.Length);
                byte other = alphabet[random.Next(alphabet.Length)];
                json = random.Next(3) switch
                {
                    0 => [.. json[..at], .. json[(at + 1)..]],
                    1 => [.. json[..at], other, .. json[at..]],
                    _ => [.. json[..at], other, .. json[(at + 1)..]],
                };
                if (json.Length < 2)
                    break;
            }

            Check(json, $"seed {seed}, round {round}: {Encoding.UTF8.GetString(json)}");
        }
    }

    [Fact]
    public void Every_truncation_is_declined()
    {
        byte[] json = "[ 12345678.87654321e-3 , -0.5,0,1e5 ]"u8.ToArray();
        for (int length = 1; length < json.Length; length++)
            Assert.False(TryScan(json[..length], out _), $"{length}");
    }

    [Fact]
    public void Vectors_keep_their_place_while_the_arena_grows()
    {
        using var arena = new FloatArena();
        var vectors = new List<ReadOnlyMemory<float>>();
        for (int i = 0; i < 300; i++)
        {
            int length = 1 + (i * 37);
            byte[] json = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(i, length)) + "]");
            Assert.True(FloatArrayScanner.TryScan(json, 1, int.MaxValue, arena, out ReadOnlyMemory<float> vector, out int end));
            Assert.Equal(json.Length - 1, end);
            vectors.Add(vector);
        }

        for (int i = 0; i < vectors.Count; i++)
        {
            Assert.Equal(1 + (i * 37), vectors[i].Length);
            for (int j = 0; j < vectors[i].Length; j++)
                Assert.Equal(i + j, vectors[i].Span[j]);
        }
    }

    /// <summary>Judges and compares: what the library reads as an array of finite floats, and nothing else.</summary>
    private static void Check(byte[] json, string because)
    {
        float[]? expected = Oracle(json);
        bool scanned = TryScan(json, out float[] actual);
        Assert.True(scanned == (expected is not null), because);
        if (expected is not null)
        {
            Assert.True(
                expected.Select(BitConverter.SingleToUInt32Bits).SequenceEqual(actual.Select(BitConverter.SingleToUInt32Bits)),
                because);
        }
    }

    private static float[]? Oracle(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        var floats = new List<float>();
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                return null;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.Number)
                    return null;
                float value = float.Parse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);
                if (!float.IsFinite(value))
                    return null;
                floats.Add(value);
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return [.. floats];
    }

    /// <summary>Scans as a caller does: the array may be followed by anything, which here counts only up to the bracket.</summary>
    private static bool TryScan(byte[] json, out float[] floats)
    {
        using var arena = new FloatArena();
        bool scanned = FloatArrayScanner.TryScan(json, 1, int.MaxValue, arena, out ReadOnlyMemory<float> values, out int end);
        floats = values.ToArray();
        Assert.True(!scanned || json[end] == (byte)']');
        return scanned;
    }

    private static string RandomNumber(Random random)
    {
        double magnitude = Math.Pow(10, (random.NextDouble() * 90) - 50);
        double value = (random.NextDouble() - 0.5) * (random.Next(2) == 0 ? 2 : magnitude);
        return random.Next(9) switch
        {
            0 => value.ToString("R", CultureInfo.InvariantCulture),
            1 => ((float)(value % 1e38)).ToString("R", CultureInfo.InvariantCulture),
            2 => ((double)(float)(random.NextDouble() - 0.5)).ToString("R", CultureInfo.InvariantCulture),
            3 => value.ToString("E" + random.Next(0, 30), CultureInfo.InvariantCulture),
            4 => (random.NextDouble() - 0.5).ToString("F" + random.Next(1, 40), CultureInfo.InvariantCulture),
            5 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
            6 => ((ulong)random.NextInt64()).ToString(CultureInfo.InvariantCulture) + random.Next(1000).ToString(CultureInfo.InvariantCulture),
            7 => random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture),
            _ => $"{random.Next(10)}.{random.NextInt64():D19}{random.NextInt64():D19}e{random.Next(-60, 40)}",
        };
    }
}
