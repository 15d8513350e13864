using System.Buffers.Binary;
using System.Numerics;

namespace OrleansVectors.Partitions.Filters.Evaluation;

/// <summary>
/// SipHash-2-4 with the zero key, for short inputs. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF",
/// 2012, section 2.
/// </summary>
internal static class SipHash24
{
    public static ulong Hash(ReadOnlySpan<byte> data)
    {
        var state = new State
        {
            V0 = 0x736F6D6570736575,
            V1 = 0x646F72616E646F6D,
            V2 = 0x6C7967656E657261,
            V3 = 0x7465646279746573,
        };
        ulong last = (ulong)data.Length << 56;
        while (data.Length >= sizeof(ulong))
        {
            state.Compress(BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        for (int i = 0; i < data.Length; i++)
        {
            last |= (ulong)data[i] << (8 * i);
        }

        state.Compress(last);
        return state.Finish();
    }

    private struct State
    {
        public ulong V0;
        public ulong V1;
        public ulong V2;
        public ulong V3;

        public void Compress(ulong word)
        {
            V3 ^= word;
            Round();
            Round();
            V0 ^= word;
        }

        public ulong Finish()
        {
            V2 ^= 0xFF;
            Round();
            Round();
            Round();
            Round();
            return V0 ^ V1 ^ V2 ^ V3;
        }

        private void Round()
        {
            V0 += V1;
            V1 = BitOperations.RotateLeft(V1, 13) ^ V0;
            V0 = BitOperations.RotateLeft(V0, 32);
            V2 += V3;
            V3 = BitOperations.RotateLeft(V3, 16) ^ V2;
            V0 += V3;
            V3 = BitOperations.RotateLeft(V3, 21) ^ V0;
            V2 += V1;
            V1 = BitOperations.RotateLeft(V1, 17) ^ V2;
            V2 = BitOperations.RotateLeft(V2, 32);
        }
    }
}
