namespace OrleansVectors.Numerics.Kernels.Codes;

/// <summary>Code that is generic over a kernel, given to <see cref="CodeKernelPicker"/> to be run with the right one.</summary>
/// <typeparam name="TResult">What the code makes.</typeparam>
public interface ICodeKernelConsumer<out TResult>
{
    TResult Use<TKernel>()
        where TKernel : struct, ICodeKernel;
}
