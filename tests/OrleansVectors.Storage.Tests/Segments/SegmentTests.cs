using System.Runtime.InteropServices;
using OrleansVectors.Storage.Checksums;
using OrleansVectors.Storage.Segments;

namespace OrleansVectors.Storage.Tests.Segments;

public sealed unsafe class SegmentTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly SegmentFolder _folder;

    public SegmentTests() => _folder = new SegmentFolder(_temp["segments"]);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Chunks_come_back_as_written_and_start_on_pages()
    {
        int[] lengths = [1, 4095, 4096, 4097, 1 << 20, 5, 300_000];
        (SegmentId id, ChunkRef[] chunks) = Write(lengths);

        using SegmentReader reader = _folder.Open(id);
        Assert.Equal(chunks, reader.ReadTable());
        reader.VerifyAll();
        for (int i = 0; i < chunks.Length; i++)
        {
            Assert.Equal(0, chunks[i].Offset % SegmentFormat.PageBytes);
            byte[] actual = new byte[lengths[i]];
            reader.Read(chunks[i], actual);
            Assert.True(actual.AsSpan().SequenceEqual(Content(i, lengths[i])), $"chunk {i}");
        }
    }

    [Fact]
    public void A_mapped_chunk_reads_like_the_file_and_writes_do_not_reach_it()
    {
        int[] lengths = [1 << 20, 1 << 20, 5000];
        (SegmentId id, ChunkRef[] chunks) = Write(lengths);
        byte[] file = File.ReadAllBytes(_folder.PathOf(id));
        nuint total = (nuint)chunks.Sum(chunk => SegmentFormat.AlignUp(chunk.Length));
        byte* memory = (byte*)NativeMemory.AlignedAlloc(total, (nuint)Environment.SystemPageSize);
        try
        {
            NativeMemory.Fill(memory, total, 0xEE);
            using (SegmentReader reader = _folder.Open(id))
            {
                byte* at = memory;
                foreach (ChunkRef chunk in chunks)
                {
                    reader.MapInto((nint)at, chunk);
                    at += SegmentFormat.AlignUp(chunk.Length);
                }
            }

            _folder.Delete(id);
            byte* start = memory;
            for (int i = 0; i < chunks.Length; i++)
            {
                Assert.True(new ReadOnlySpan<byte>(start, lengths[i]).SequenceEqual(Content(i, lengths[i])), $"chunk {i}");
                Span<byte> rest = new(start + lengths[i], (int)SegmentFormat.AlignUp(lengths[i]) - lengths[i]);
                Assert.False(rest.ContainsAnyExcept((byte)0));
                start += SegmentFormat.AlignUp(lengths[i]);
            }

            File.WriteAllBytes(_folder.PathOf(id), file);
            using SegmentReader again = _folder.Open(id);
            nint page = (nint)memory;
            again.MapInto(page, chunks[2]);
            *(byte*)page ^= 0xFF;
            Assert.Equal((byte)(Content(2, 5000)[0] ^ 0xFF), *(byte*)page);
            again.VerifyAll();
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    [Fact]
    public void Any_flipped_byte_of_header_chunks_table_and_trailer_is_found()
    {
        (SegmentId id, ChunkRef[] chunks) = Write([100, 5000]);
        byte[] sound = File.ReadAllBytes(_folder.PathOf(id));
        long table = SegmentFormat.AlignUp(chunks[1].Offset + chunks[1].Length);
        for (int at = 0; at < sound.Length; at++)
        {
            bool checkedByte = at < SegmentFormat.HeaderBytes || at >= table
                || chunks.Any(chunk => at >= chunk.Offset && at < chunk.Offset + chunk.Length);
            if (checkedByte && (at < 64 || at >= table || at % 61 == 0))
            {
                byte[] flipped = [.. sound];
                flipped[at] ^= 0x20;
                File.WriteAllBytes(_folder.PathOf(id), flipped);
                Assert.Throws<SegmentDamagedException>(() =>
                {
                    using SegmentReader reader = _folder.Open(id);
                    reader.VerifyAll();
                });
            }
        }
    }

    [Fact]
    public void A_file_cut_at_any_length_is_no_segment()
    {
        (SegmentId id, _) = Write([100, 5000]);
        byte[] sound = File.ReadAllBytes(_folder.PathOf(id));
        for (int length = 0; length < sound.Length; length += length < sound.Length - 80 ? 37 : 1)
        {
            File.WriteAllBytes(_folder.PathOf(id), sound[..length]);
            Assert.Throws<SegmentDamagedException>(() => _folder.Open(id));
        }
    }

    [Fact]
    public void Reading_a_damaged_chunk_names_file_place_and_checksums()
    {
        (SegmentId id, ChunkRef[] chunks) = Write([100, 5000]);
        byte[] bytes = File.ReadAllBytes(_folder.PathOf(id));
        bytes[chunks[1].Offset + 4321] ^= 1;
        File.WriteAllBytes(_folder.PathOf(id), bytes);

        using SegmentReader reader = _folder.Open(id);
        reader.Read(chunks[0], new byte[100]);
        SegmentDamagedException error = Assert.Throws<SegmentDamagedException>(() => reader.Read(chunks[1], new byte[5000]));
        Assert.Equal(reader.Path, error.File);
        Assert.Equal(chunks[1].Offset, error.Offset);
        Assert.Equal($"crc32c {chunks[1].Crc32C:x8}", error.Expected);
        Assert.Equal($"crc32c {Crc32C.Compute(bytes.AsSpan((int)chunks[1].Offset, 5000)):x8}", error.Actual);
        Assert.Throws<SegmentDamagedException>(() => reader.Verify(chunks[1]));
    }

    [Fact]
    public void A_chunk_behind_the_end_is_refused_before_it_is_mapped()
    {
        (SegmentId id, ChunkRef[] chunks) = Write([100]);
        using SegmentReader reader = _folder.Open(id);
        ChunkRef beyond = chunks[0] with { Length = 1 << 20 };
        Assert.Throws<SegmentDamagedException>(() => reader.MapInto(0, beyond));
        Assert.Throws<SegmentDamagedException>(() => reader.Verify(beyond));
    }

    [Fact]
    public void A_segment_that_is_not_completed_is_deleted_and_numbers_are_not_used_twice()
    {
        using (SegmentWriter writer = _folder.Create())
        {
            writer.Append(new byte[10]);
            Assert.Equal(new SegmentId(1), writer.Id);
        }

        Assert.Empty(_folder.List());
        (SegmentId id, _) = Write([10]);
        Assert.Equal(new SegmentId(2), id);
        Assert.Equal([id], _folder.List());
        Assert.Equal(new SegmentId(3), new SegmentFolder(_folder.Path).Create().Id);
    }

    private (SegmentId Id, ChunkRef[] Chunks) Write(int[] lengths)
    {
        using SegmentWriter writer = _folder.Create();
        ChunkRef[] chunks = [.. lengths.Select((length, i) => writer.Append(Content(i, length)))];
        writer.Complete();
        Assert.Equal(new FileInfo(writer.Path).Length, writer.Length);
        return (writer.Id, chunks);
    }

    private static byte[] Content(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
