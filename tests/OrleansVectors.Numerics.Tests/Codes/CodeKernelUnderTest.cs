using OrleansVectors.Numerics.Kernels;
using OrleansVectors.Numerics.Kernels.Codes;

namespace OrleansVectors.Numerics.Tests.Codes;

/// <summary>A kernel over codes chosen at run time, so that one test body covers every sum and width.</summary>
internal abstract unsafe class CodeKernelUnderTest
{
    public abstract RegisterWidth Width { get; }

    public abstract int Parts { get; }

    public static CodeKernelUnderTest Of(CodeDistance distance, RegisterWidth width) =>
        CodeKernelPicker.Pick<Maker, CodeKernelUnderTest>(distance, width, default);

    /// <summary>Every sum at every width, for <c>MemberData</c>.</summary>
    public static IEnumerable<TheoryDataRow<CodeDistance, RegisterWidth>> All() =>
        from distance in Enum.GetValues<CodeDistance>()
        from width in Enum.GetValues<RegisterWidth>()
        select new TheoryDataRow<CodeDistance, RegisterWidth>(distance, width);

    public abstract int Sum(byte* query, byte* code, int codeBytes);

    public abstract void Gather(byte* query, byte* codes, int strideBytes, int codeBytes, uint* ordinals, int count, int* sums);

    public abstract void Scan(byte* query, byte* codes, int strideBytes, int codeBytes, int count, int* sums);

    private readonly struct Maker : ICodeKernelConsumer<CodeKernelUnderTest>
    {
        public CodeKernelUnderTest Use<TKernel>()
            where TKernel : struct, ICodeKernel => new Compiled<TKernel>();
    }

    private sealed class Compiled<TKernel> : CodeKernelUnderTest
        where TKernel : struct, ICodeKernel
    {
        public override RegisterWidth Width => TKernel.Width;

        public override int Parts => TKernel.Parts;

        public override int Sum(byte* query, byte* code, int codeBytes) => TKernel.Sum(query, code, (nuint)codeBytes);

        public override void Gather(byte* query, byte* codes, int strideBytes, int codeBytes, uint* ordinals, int count, int* sums) =>
            TKernel.Gather(query, codes, (nuint)strideBytes, (nuint)codeBytes, ordinals, count, sums);

        public override void Scan(byte* query, byte* codes, int strideBytes, int codeBytes, int count, int* sums) =>
            TKernel.Scan(query, codes, (nuint)strideBytes, (nuint)codeBytes, count, sums);
    }
}
