using System.Runtime.Intrinsics;

namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Names the kernel type for a sum and a register width: the only place that turns those values into types.</summary>
public static class CodeKernelPicker
{
    /// <summary>Runs <paramref name="consumer"/> with the kernel of <paramref name="distance"/> at the machine's best width.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="distance"/> is not a defined one.</exception>
    public static TResult Pick<TConsumer, TResult>(CodeDistance distance, TConsumer consumer)
        where TConsumer : ICodeKernelConsumer<TResult> =>
        Pick<TConsumer, TResult>(distance, KernelPicker.BestWidth, consumer);

    /// <summary>Runs <paramref name="consumer"/> with the kernel of <paramref name="distance"/> at <paramref name="width"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The distance or the width is not a defined one.</exception>
    public static TResult Pick<TConsumer, TResult>(CodeDistance distance, RegisterWidth width, TConsumer consumer)
        where TConsumer : ICodeKernelConsumer<TResult> =>
        distance switch
        {
            CodeDistance.ByteEuclidean => PickWidth<SquaredDifferenceStep, WholeBytes, TConsumer, TResult>(width, consumer),
            CodeDistance.ByteManhattan => PickWidth<AbsoluteDifferenceStep, WholeBytes, TConsumer, TResult>(width, consumer),
            CodeDistance.ByteDot => PickWidth<ProductStep, WholeBytes, TConsumer, TResult>(width, consumer),
            CodeDistance.NibbleEuclidean => PickWidth<SquaredDifferenceStep, ScaledNibbles, TConsumer, TResult>(width, consumer),
            CodeDistance.NibbleManhattan => PickWidth<AbsoluteDifferenceStep, ScaledNibbles, TConsumer, TResult>(width, consumer),
            CodeDistance.NibbleDot => PickWidth<ProductStep, Nibbles, TConsumer, TResult>(width, consumer),
            CodeDistance.CrumbDot => PickWidth<ProductStep, Crumbs, TConsumer, TResult>(width, consumer),
            CodeDistance.BitDot => PickWidth<ProductStep, SingleBits, TConsumer, TResult>(width, consumer),
            CodeDistance.Hamming => PickWidth<DifferentBitsStep, WholeBytes, TConsumer, TResult>(width, consumer),
            _ => throw new ArgumentOutOfRangeException(nameof(distance), distance, "not a distance of codes"),
        };

    private static TResult PickWidth<TStep, TPacking, TConsumer, TResult>(RegisterWidth width, TConsumer consumer)
        where TStep : struct, ICodeStep
        where TPacking : struct, ICodePacking
        where TConsumer : ICodeKernelConsumer<TResult> =>
        width switch
        {
            RegisterWidth.Bits128 => consumer.Use<CodeKernel<TStep, TPacking, CodeWidth128, Vector128<byte>>>(),
            RegisterWidth.Bits256 => consumer.Use<CodeKernel<TStep, TPacking, CodeWidth256, Vector256<byte>>>(),
            RegisterWidth.Bits512 => consumer.Use<CodeKernel<TStep, TPacking, CodeWidth512, Vector512<byte>>>(),
            _ => throw new ArgumentOutOfRangeException(nameof(width), width, "not a register width"),
        };
}
