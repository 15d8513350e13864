using System.CommandLine;
using System.Globalization;
using OrleansVectors.Numerics;
using OrleansVectors.Numerics.Kernels;

namespace OrleansVectors.Benchmarks.KernelSpeed;

/// <summary><c>kernels</c>: nanoseconds for one distance, by metric, dimension and register width.</summary>
internal static class KernelsCommand
{
    private static readonly int[] Dims = [96, 128, 256, 768, 784, 1536];

    public static Command Create(TextWriter output)
    {
        var command = new Command("kernels", "Nanoseconds for one distance by metric, dimension and register width, beside TensorPrimitives.Dot.");
        command.SetAction(_ => Run(output));
        return command;
    }

    private static int Run(TextWriter output)
    {
        output.WriteLine("METRIC,DIM,WIDTH,PAIR_NS,SCAN_NS,GATHER_NS");
        foreach (var dim in Dims)
        {
            using var timings = new KernelTimings(dim);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"dot,{dim},TensorPrimitives,{timings.PairNanosecondsOfTensorPrimitives():F1},,"));
            foreach (var metric in new[] { DistanceMetric.Dot, DistanceMetric.Euclidean, DistanceMetric.Manhattan })
            {
                foreach (var width in Enum.GetValues<RegisterWidth>())
                {
                    var line = KernelPicker.Pick<Line, string>(metric, width, new Line(timings));
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{metric.ToString().ToLowerInvariant()},{dim},{(int)width},{line}"));
                }
            }
        }

        return 0;
    }

    private readonly struct Line(KernelTimings timings) : IKernelConsumer<string>
    {
        public string Use<TKernel>()
            where TKernel : struct, IDistanceKernel =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{timings.PairNanoseconds<TKernel>():F1},{timings.ScanNanoseconds<TKernel>():F1},{timings.GatherNanoseconds<TKernel>():F1}");
    }
}
