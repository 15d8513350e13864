using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>
/// Rows of bfloat16, the upper half of a float32. A block of 32 components is 64 bytes: its 32-bit word i holds component
/// i in the lower half and component i + 16 in the higher, so that one shift and one mask make two registers of
/// consecutive floats, at every width and without a shuffle.
/// </summary>
public static unsafe class BFloat16Rows
{
    /// <summary>Components in a block: 32.</summary>
    public const int ComponentsPerBlock = 32;

    private const int Half = ComponentsPerBlock / 2;

    /// <summary>The length of a row of <paramref name="dim"/> components in whole blocks.</summary>
    public static int PaddedLength(int dim) => checked(dim + ComponentsPerBlock - 1) / ComponentsPerBlock * ComponentsPerBlock;

    /// <summary>Rounds to the nearest, ties to even; what would round to infinity becomes the largest of the format.</summary>
    /// <param name="vector">Finite components.</param>
    /// <param name="dim">How many.</param>
    /// <param name="row">Receives <see cref="PaddedLength"/> components of 2 bytes, the rest of the last block zero.</param>
    public static void Encode(float* vector, int dim, uint* row)
    {
        for (var first = 0; first < dim; first += ComponentsPerBlock, row += Half)
        {
            for (var i = 0; i < Half; i++)
            {
                var low = first + i < dim ? Round(vector[first + i]) : 0;
                var high = first + i + Half < dim ? Round(vector[first + i + Half]) : 0;
                row[i] = low | (high << 16);
            }
        }
    }

    /// <summary>The floats of a row.</summary>
    /// <param name="row">Whole blocks.</param>
    /// <param name="paddedLength">Components, a multiple of <see cref="ComponentsPerBlock"/>.</param>
    /// <param name="vector">Receives as many floats.</param>
    public static void Decode(uint* row, int paddedLength, float* vector)
    {
        for (var first = 0; first < paddedLength; first += ComponentsPerBlock, row += Half)
        {
            for (var i = 0; i < Half; i += Vector128<uint>.Count)
            {
                Width128.LoadLowHalves(row + i).Store(vector + first + i);
                Width128.LoadHighHalves(row + i).Store(vector + first + Half + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Round(float value)
    {
        const uint largest = 0x7F7F;
        var bits = BitConverter.SingleToUInt32Bits(value);
        var rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
        return (rounded & 0x7FFF) > largest ? (rounded & 0x8000) | largest : rounded;
    }
}
