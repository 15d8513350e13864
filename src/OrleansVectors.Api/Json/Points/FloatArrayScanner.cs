using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansVectors.Api.Json.Points;

/// <summary>
/// Reads the inside of a JSON array of numbers straight into floats: the hot loop of every upsert.
/// </summary>
/// <remarks>
/// A vector's text is nothing but digits, points and commas, so going through a general tokenizer costs several times
/// the conversion itself. The scanner accepts exactly the arrays that RFC 8259 allows and whose elements are all
/// numbers within float32, and gives the same floats as <see cref="float.Parse(string)"/> (nearest, ties to even).
/// Everything else it declines without saying why; the caller then walks the same bytes with
/// <see cref="System.Text.Json.Utf8JsonReader"/>, which finds the words for the error.
/// <para>
/// Conversion: up to 19 significant digits fit a 64-bit integer w, and the value is w x 10^e. In doubles that product
/// is off by less than 2 units in the last place (half for w, half for the table entry, half for the product). Its
/// rounding to float32 can only be wrong when the double lies that close to the middle between two floats, which the
/// low 29 bits tell; those few (about 3 in 10^8), float32 subnormals and longer numbers go to the library's exact
/// conversion. The idea of deciding in a wider format and falling back near a tie is Clinger's (PLDI 1990).
/// </para>
/// </remarks>
internal static class FloatArrayScanner
{
    /// <summary>Decimal digits that always fit a 64-bit unsigned integer.</summary>
    private const int DigitsExact = 19;

    private const int PowerMin = -64;
    private const int PowerMax = 38;

    /// <summary>Bits of a double's fraction below those of a float's.</summary>
    private const ulong TailMask = (1UL << 29) - 1;

    private const ulong TailMiddle = 1UL << 28;

    /// <summary>Units in the last place within which a tie is doubted; the true bound is 2.</summary>
    private const ulong TieDoubt = 8;

    private static readonly double[] Powers = MakePowers();

    /// <summary>Reads numbers up to the closing bracket.</summary>
    /// <param name="json">The whole body.</param>
    /// <param name="start">Offset just after the opening bracket.</param>
    /// <param name="countMax">Numbers accepted at most.</param>
    /// <param name="arena">Where the floats go; left as it was when the answer is false.</param>
    /// <param name="values">The numbers.</param>
    /// <param name="end">Offset of the closing bracket.</param>
    /// <returns>False when anything but an array of float32 numbers was met.</returns>
    /// <remarks>Compiled fully at once: a batch is scanned in few calls, so the first ones would run slow code for a long time.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe bool TryScan(
        ReadOnlySpan<byte> json, int start, int countMax, FloatArena arena, out ReadOnlyMemory<float> values, out int end)
    {
        values = default;
        end = start;
        Span<float> floats = arena.Free;
        int count = 0;
        ref double powers = ref MemoryMarshal.GetArrayDataReference(Powers);

        // Safety: p never passes limit; every read is preceded by a comparison with it.
        fixed (byte* body = json)
        {
            byte* p = body + start;
            byte* limit = body + json.Length;
            p = SkipWhiteSpace(p, limit);
            if (p == limit)
            {
                return false;
            }

            if (*p != (byte)']')
            {
                while (true)
                {
                    if (count == countMax)
                    {
                        return false;
                    }

                    if (count == floats.Length)
                    {
                        floats = arena.Grow(count);
                    }

                    p = ReadNumber(p, limit, ref powers, out float value);
                    if (p == null)
                    {
                        return false;
                    }

                    floats[count++] = value;
                    if (p != limit && *p != (byte)',')
                    {
                        p = SkipWhiteSpace(p, limit);
                    }

                    if (p == limit)
                    {
                        return false;
                    }

                    if (*p == (byte)',')
                    {
                        p = SkipWhiteSpace(p + 1, limit);
                        continue;
                    }

                    if (*p == (byte)']')
                    {
                        break;
                    }

                    return false;
                }
            }

            end = (int)(p - body);
        }

        values = arena.Commit(count);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe byte* SkipWhiteSpace(byte* p, byte* limit)
    {
        while (p != limit && *p <= (byte)' ' && (*p == (byte)' ' || *p == (byte)'\n' || *p == (byte)'\r' || *p == (byte)'\t'))
        {
            p++;
        }

        return p;
    }

    /// <summary>Reads one number; null when there is none, when it is not JSON's, or when float32 cannot hold it.</summary>
    /// <remarks>One loop body that stays long on purpose: it is inlined into the scan and keeps everything in registers.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe byte* ReadNumber(byte* p, byte* limit, ref double powers, out float value)
    {
        byte* number = p;
        value = 0;
        ulong sign = 0;
        if (p != limit && *p == (byte)'-')
        {
            sign = 1UL << 63;
            p++;
        }

        byte* digits = p;
        ulong mantissa = 0;
        while (p != limit && (uint)*p - '0' <= 9)
        {
            // Components are small: their integer part is a digit or three.
            mantissa = (mantissa * 10) + ((uint)*p - '0');
            p++;
        }

        long integerDigits = p - digits;
        if (integerDigits == 0 || (integerDigits > 1 && *digits == (byte)'0'))
        {
            return null;
        }

        long exponent = 0;
        long digitCount = integerDigits;
        if (p != limit && *p == (byte)'.')
        {
            byte* fraction = ++p;
            p = ReadDigits(p, limit, ref mantissa);
            exponent = fraction - p;
            if (exponent == 0)
            {
                return null;
            }

            digitCount -= exponent;
        }

        if (p != limit && (*p | 0x20) == 'e')
        {
            p = ReadExponent(p + 1, limit, ref exponent);
            if (p == null)
            {
                return null;
            }
        }

        if (digitCount <= DigitsExact || SignificantDigits(digits, p) <= DigitsExact)
        {
            if (mantissa == 0)
            {
                value = (float)BitConverter.UInt64BitsToDouble(sign);
                return p;
            }

            if ((ulong)(exponent - PowerMin) <= PowerMax - PowerMin)
            {
                double product = mantissa * Unsafe.Add(ref powers, (nint)(exponent - PowerMin));
                ulong bits = BitConverter.DoubleToUInt64Bits(product);
                if ((bits & TailMask) - (TailMiddle - TieDoubt) > 2 * TieDoubt
                    && product is >= MinNormal and <= float.MaxValue)
                {
                    value = (float)BitConverter.UInt64BitsToDouble(bits | sign);
                    return p;
                }
            }
        }

        return ReadExactly(number, p, out value) ? p : null;
    }

    /// <summary>Smallest normal float32.</summary>
    private const double MinNormal = 1.17549435082228750797e-38;

    /// <summary>Adds decimal digits to a number (which wraps when there are too many: the caller counts) and returns the first byte that is none.</summary>
    /// <remarks>
    /// Eight bytes at a time: how many of them are digits comes from one mask, and those are moved to the end of the word
    /// so that zeros stand before them. Numbers of varying length then cost no mispredicted branch per digit.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe byte* ReadDigits(byte* p, byte* limit, ref ulong mantissa)
    {
        ulong total = mantissa;
        while (BitConverter.IsLittleEndian && limit - p >= 8)
        {
            ulong eight = Unsafe.ReadUnaligned<ulong>(p) ^ 0x3030303030303030;

            // A byte above 9 has its high bit set, or gets it when 118 is added to its other bits.
            ulong others = (((eight & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676) | eight) & 0x8080808080808080;
            if (others != 0)
            {
                int count = BitOperations.TrailingZeroCount(others) >> 3;
                total = (total * SmallPowers[count]) + EightDigits((eight << (56 - (8 * count))) << 8);
                mantissa = total;
                return p + count;
            }

            total = (total * 100_000_000) + EightDigits(eight);
            p += 8;
        }

        while (p != limit && (uint)*p - '0' <= 9)
        {
            total = (total * 10) + ((uint)*p - '0');
            p++;
        }

        mantissa = total;
        return p;
    }

    private static ReadOnlySpan<uint> SmallPowers => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    /// <summary>The number of eight digits of 0 to 9, the first in the lowest byte: pairs, then fours, then all.</summary>
    private static ulong EightDigits(ulong digits)
    {
        digits = (digits * 10) + (digits >> 8);
        return (((digits & 0x000000FF000000FF) * (100 + (1_000_000UL << 32)))
            + (((digits >> 16) & 0x000000FF000000FF) * (1 + (10_000UL << 32)))) >> 32;
    }

    /// <summary>Reads what follows the <c>e</c>; null when it is no exponent.</summary>
    private static unsafe byte* ReadExponent(byte* p, byte* limit, ref long exponent)
    {
        bool negative = false;
        if (p != limit && (*p == (byte)'-' || *p == (byte)'+'))
        {
            negative = *p == (byte)'-';
            p++;
        }

        byte* first = p;
        long written = 0;
        while (p != limit && (uint)*p - '0' <= 9)
        {
            // Beyond this the value is far outside every format; it only must not wrap.
            written = Math.Min((written * 10) + (*p - '0'), 1_000_000_000);
            p++;
        }

        exponent += negative ? -written : written;
        return p == first ? null : p;
    }

    /// <summary>Digits from the first that is not 0 up to the exponent.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe int SignificantDigits(byte* p, byte* limit)
    {
        int count = 0;
        for (; p != limit && (*p | 0x20) != 'e'; p++)
        {
            count += *p != (byte)'.' && (count != 0 || *p != (byte)'0') ? 1 : 0;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe bool ReadExactly(byte* number, byte* limit, out float value)
    {
        bool read = float.TryParse(
            new ReadOnlySpan<byte>(number, (int)(limit - number)), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        Debug.Assert(read, "the grammar was checked before");
        return read && float.IsFinite(value);
    }

    private static double[] MakePowers()
    {
        double[] powers = new double[PowerMax - PowerMin + 1];
        for (int exponent = PowerMin; exponent <= PowerMax; exponent++)
        {
            // The parser rounds correctly; Math.Pow need not.
            powers[exponent - PowerMin] = double.Parse($"1e{exponent}", CultureInfo.InvariantCulture);
        }

        return powers;
    }
}
