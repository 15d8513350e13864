using System.Runtime.InteropServices;

namespace OrleansVectors.Indexes.Quantization;

/// <summary>What a RaBitQ code keeps of its vector besides the numbers.</summary>
/// <param name="Own">The part of a distance that does not depend on the query.</param>
/// <param name="PerProduct">What one unit of the product of numbers and rotated query adds to a distance.</param>
/// <param name="Length">What one unit of a number is worth where the vector itself is approximated.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct RaBitQFactors(float Own, float PerProduct, float Length);
