using OrleansVectors.Cli.VectorFiles;

namespace OrleansVectors.Cli.Tests.VectorFiles;

public sealed class VectorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.fvecs", false)]
    [InlineData("a.fvecs.gz", true)]
    [InlineData("a.bvecs", false)]
    [InlineData("a.bvecs.gz", true)]
    [InlineData("a.ivecs", false)]
    [InlineData("a.ivecs.gz", true)]
    [InlineData("compressed-under-a-plain-name.bvecs", true)]
    [InlineData("plain-under-a-compressed-name.fvecs.gz", false)]
    public void Every_row_of_a_vecs_file_comes_back(string name, bool compress)
    {
        float[][] rows = VectorBytes.Rows(rows: 300, dim: 17);
        byte[] bytes = VectorFile.FormatOf(name) switch
        {
            VectorFileFormat.Fvecs => VectorBytes.Fvecs(rows),
            VectorFileFormat.Bvecs => VectorBytes.Bvecs(rows),
            _ => VectorBytes.Ivecs(rows),
        };

        using IVectorReader reader = VectorFile.Open(_folder.Write(name, bytes, compress));

        Assert.Equal(17, reader.Dim);
        Assert.Equal(compress ? null : 300, reader.Rows);
        Assert.Equal(rows, ReadAll(reader));
        Assert.Equal(1.0, reader.FractionRead);
    }

    [Theory]
    [InlineData("<f2", 1, false)]
    [InlineData("<f4", 1, true)]
    [InlineData("<f4", 2, false)]
    [InlineData("<f8", 3, false)]
    [InlineData("|u1", 1, false)]
    [InlineData("|i1", 1, true)]
    public void Every_row_of_a_NumPy_file_comes_back(string descr, int version, bool compress)
    {
        float[][] rows = VectorBytes.Rows(rows: 100, dim: 5, signed: descr != "|u1");
        using IVectorReader reader = VectorFile.Open(_folder.Write("a.npy", VectorBytes.Npy(rows, descr, version), compress));

        Assert.Equal(100, reader.Rows);
        Assert.Equal(descr is "|u1" or "|i1", reader.IsInteger);
        Assert.Equal(rows, ReadAll(reader));
        Assert.Equal(100, reader.RowsRead);
    }

    [Theory]
    [InlineData("a.fvecs", false)]
    [InlineData("a.fvecs", true)]
    [InlineData("a.npy", false)]
    [InlineData("a.npy", true)]
    public void Skipping_rows_gives_the_same_rows_as_reading_over_them(string name, bool compress)
    {
        float[][] rows = VectorBytes.Rows(rows: 50, dim: 3);
        byte[] bytes = name == "a.npy" ? VectorBytes.Npy(rows) : VectorBytes.Fvecs(rows);
        string path = _folder.Write(name, bytes, compress);
        foreach (int skip in new[] { 0, 1, 2, 49, 50 })
        {
            using IVectorReader reader = VectorFile.Open(path);
            reader.Skip(skip);
            Assert.Equal(rows[skip..], ReadAll(reader));
        }

        using IVectorReader tooFar = VectorFile.Open(path);
        Assert.Throws<VectorFileException>(() => tooFar.Skip(51));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_vecs_file_cut_off_in_a_row_names_that_row(bool compress)
    {
        byte[] bytes = VectorBytes.Fvecs(VectorBytes.Rows(rows: 3, dim: 4));
        string path = _folder.Write("a.fvecs", bytes[..^3], compress);
        using IVectorReader reader = VectorFile.Open(path);

        VectorFileException refusal = Assert.Throws<VectorFileException>(() => ReadAll(reader));

        Assert.Equal(2, refusal.Row);
        Assert.StartsWith($"{path}: row 2: the file is cut off", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_stream_that_is_cut_off_is_reported_and_not_taken_for_the_end()
    {
        string whole = _folder.Write("whole.bvecs.gz", VectorBytes.Bvecs(VectorBytes.Rows(rows: 4000, dim: 64)), compress: true);
        byte[] stored = File.ReadAllBytes(whole);
        using IVectorReader reader = VectorFile.Open(_folder.Write("cut.bvecs.gz", stored[..(stored.Length / 2)]));

        Assert.Throws<VectorFileException>(() => ReadAll(reader));
    }

    [Fact]
    public void A_dimension_that_changes_in_mid_file_names_the_row()
    {
        float[][] rows = [[1, 2, 3], [4, 5, 6], [7, 8]];
        using IVectorReader reader = VectorFile.Open(_folder.Write("a.fvecs", [.. VectorBytes.Fvecs(rows), 0, 0, 0, 0]));

        VectorFileException refusal = Assert.Throws<VectorFileException>(() => ReadAll(reader));

        Assert.Equal(2, refusal.Row);
        Assert.Contains("dimension 2, but the rows before it have 3", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_dimension_out_of_bounds_is_refused_on_opening(int dim)
    {
        string path = _folder.Write("a.fvecs", [.. BitConverter.GetBytes(dim), 0, 0, 0, 0]);

        Assert.Equal(0, Assert.Throws<VectorFileException>(() => VectorFile.Open(path)).Row);
    }

    [Fact]
    public void An_empty_file_and_an_unknown_name_are_refused()
    {
        Assert.Throws<VectorFileException>(() => VectorFile.Open(_folder.Write("a.fvecs", [])));
        Assert.Throws<VectorFileException>(() => VectorFile.Open(_folder.Write("a.npy", [])));
        Assert.Throws<VectorFileException>(() => VectorFile.Open(_folder.Write("a.bin", [1])));
    }

    [Fact]
    public void A_NumPy_array_that_is_no_table_of_vectors_is_refused_with_the_reason()
    {
        float[][] rows = [[1, 2], [3, 4]];
        Assert.Contains("Fortran", Refusal(VectorBytes.Npy(rows, order: "True")), StringComparison.Ordinal);
        Assert.Contains("'>f4'", Refusal(VectorBytes.Npy(rows, descr: ">f4")), StringComparison.Ordinal);
        Assert.Contains("'<i8'", Refusal(VectorBytes.Npy(rows, descr: "<i8")), StringComparison.Ordinal);
        Assert.Contains("(4,)", Refusal(VectorBytes.Npy(rows, shape: "(4,)")), StringComparison.Ordinal);
        Assert.Contains("2, 1, 2", Refusal(VectorBytes.Npy(rows, shape: "(2, 1, 2)")), StringComparison.Ordinal);
        Assert.Contains("columns", Refusal(VectorBytes.Npy(rows, shape: "(4, 0)")), StringComparison.Ordinal);
        Assert.Contains("version 9", Refusal(VectorBytes.Npy(rows, version: 9)), StringComparison.Ordinal);
        Assert.Contains("magic", Refusal(VectorBytes.Fvecs(rows)), StringComparison.Ordinal);
        Assert.Contains("cut off", Refusal(VectorBytes.Npy(rows)[..60]), StringComparison.Ordinal);

        string Refusal(byte[] bytes)
            => Assert.Throws<VectorFileException>(() => VectorFile.Open(_folder.Write("a.npy", bytes))).Message;
    }

    [Fact]
    public void A_NumPy_file_with_fewer_or_more_rows_than_promised_is_refused_while_reading()
    {
        byte[] bytes = VectorBytes.Npy([[1, 2], [3, 4], [5, 6]]);
        using IVectorReader fewer = VectorFile.Open(_folder.Write("fewer.npy", bytes[..^8]));
        using IVectorReader more = VectorFile.Open(_folder.Write("more.npy", [.. bytes, 1]));

        Assert.Equal(2, Assert.Throws<VectorFileException>(() => ReadAll(fewer)).Row);
        Assert.Equal(3, Assert.Throws<VectorFileException>(() => ReadAll(more)).Row);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Integer_tables_come_back_exactly_beyond_what_floats_hold(bool compress)
    {
        Random random = new(7);
        int[][] rows = [.. Enumerable.Range(0, 3000).Select(_ => Enumerable.Range(0, 10).Select(_ => random.Next()).ToArray())];
        byte[] bytes = [.. rows.SelectMany(row => row.Prepend(10).SelectMany(BitConverter.GetBytes))];

        IntVectors truth = IntVectors.ReadAll(_folder.Write("truth", bytes, compress));

        Assert.Equal((3000, 10), (truth.Rows, truth.Dim));
        Assert.All(Enumerable.Range(0, 3000), i => Assert.Equal(rows[i], truth.Row(i).ToArray()));
    }

    private static float[][] ReadAll(IVectorReader reader)
    {
        List<float[]> rows = [];
        float[] row = new float[reader.Dim];
        while (reader.TryRead(row))
        {
            rows.Add([.. row]);
        }

        return [.. rows];
    }
}
