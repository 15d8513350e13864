namespace OrleansVectors.Numerics.Kernels;

/// <summary>Code that is generic over a kernel, given to <see cref="KernelPicker"/> to be run with the right one.</summary>
/// <typeparam name="TResult">What the code makes, such as a searcher compiled for the kernel.</typeparam>
public interface IKernelConsumer<out TResult>
{
    TResult Use<TKernel>()
        where TKernel : struct, IDistanceKernel;
}
